import { z } from 'zod'

/** What a reader recognises a kind of row by before reading it. */
export const resultIconSchema = z.enum(['no-signal', 'battery', 'wrench', 'clock', 'fuel', 'satellite', 'machine'])
export type ResultIcon = z.infer<typeof resultIconSchema>
