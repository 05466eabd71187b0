import { z } from 'zod'
import { commaSeparated } from './comma-separated.ts'

/**
 * What one process does: takes callbacks, serves users and services, or works in the background (proves credentials,
 * replaces tokens ahead of time, works on runs, starts schedules, sends results, ages out).
 */
export const partSchema = z.enum(['callbacks', 'api', 'worker'])
export type Part = z.infer<typeof partSchema>

/** All unless some are named. */
export const partsSchema = commaSeparated.pipe(z.array(partSchema).nonempty()).default(['callbacks', 'api', 'worker'])
