import { z } from 'zod'

/** A moment on the wire: ISO 8601 in UTC, as text. No transformer, so that any language reads it. */
export const momentSchema = z.iso.datetime()
