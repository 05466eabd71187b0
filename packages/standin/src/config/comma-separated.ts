import { z } from 'zod'

/** A list in one setting; empty parts are left out. */
export const commaSeparated = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
)
