import { z } from 'zod'
import { installationSchema } from './installation.ts'

/** What somebody who looks at an account has to see anew. */
export const accountChangeSchema = z.discriminatedUnion('type', [
  /** The installation as it is now: first of all, then after each change. */
  z.object({ type: z.literal('installation'), installation: installationSchema }),
  /** A run was accepted, moved on or delivered: lists of runs and of schedules are out of date. */
  z.object({ type: z.literal('runs') }),
])
export type AccountChange = z.infer<typeof accountChangeSchema>
