import { z } from 'zod'
import { type ErrorReason, errorReasons } from './error-reasons.ts'

/** The closed list of reasons as a schema. Apart from the list, so that a browser reads the list without zod. */
export const errorReasonSchema = z.enum(Object.keys(errorReasons) as [ErrorReason, ...ErrorReason[]])
