import { z } from 'zod'

/** A moment on the wire: ISO 8601 in UTC, as text. No transformer, so that any language reads it. */
export const momentSchema = z.iso
  .datetime()
  // PostgreSQL goes from 1 BC to AD 1.
  .refine((text) => !text.startsWith('0000'), { error: 'there is no year 0' })
