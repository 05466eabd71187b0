import { z } from 'zod'

/**
 * The account that installed the app. Any GUID form is accepted (`z.uuid()` refuses GUIDs that RFC 9562 does not define,
 * and Trackunit promises no version), and kept in lower case, so that one account has one name.
 */
export const accountIdSchema = z.guid().toLowerCase()
