import { z } from 'zod'
import { lineSchema } from './text.ts'

/** A page of a list: `cursor` is the `nextCursor` of the previous page; `limit` is 1 to 100, 20 by default. */
export const pageInput = {
  cursor: lineSchema(200).optional(),
  limit: z.int().min(1).max(100).default(20),
}

export const pageOutput = { nextCursor: z.string().nullable() }
