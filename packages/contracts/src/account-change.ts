import { z } from 'zod'
import { installationSchema } from './installation.ts'

/** What a page about an account has to load again. */
export const accountChangeSchema = z.discriminatedUnion('type', [
  /** The current installation: at the start, then after each change. */
  z.object({ type: z.literal('installation'), installation: installationSchema }),
  /** A run was accepted, changed its state or was delivered: lists of runs and schedules are out of date. */
  z.object({ type: z.literal('runs') }),
])
export type AccountChange = z.infer<typeof accountChangeSchema>
