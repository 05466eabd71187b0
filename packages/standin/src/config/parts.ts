import { z } from 'zod'
import { commaSeparated } from './comma-separated.ts'

/**
 * What a process does: it receives callbacks, serves users and services, or works in the background (proves credentials,
 * refreshes tokens, works on runs, starts schedules, sends results, deletes old data).
 */
export const partSchema = z.enum(['callbacks', 'api', 'worker'])
export type Part = z.infer<typeof partSchema>

/** By default all. */
export const partsSchema = commaSeparated.pipe(z.array(partSchema).nonempty()).default(['callbacks', 'api', 'worker'])
