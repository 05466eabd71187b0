import { z } from 'zod'
import { type ErrorReason, errorReasons } from './error-reasons.ts'

/** The list of reasons as a schema, in a file of its own so that a browser can read the list without zod. */
export const errorReasonSchema = z.enum(Object.keys(errorReasons) as [ErrorReason, ...ErrorReason[]])
