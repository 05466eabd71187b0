import { z } from 'zod'

/** A page of a list: `cursor` is the `nextCursor` of the page before; `limit` is 1 to 100, 20 by default. */
export const pageInput = {
  cursor: z.string().max(200).optional(),
  limit: z.int().min(1).max(100).default(20),
}

export const pageOutput = { nextCursor: z.string().nullable() }
