import { z } from 'zod'
import { accountIdSchema } from './account-id.ts'

/**
 * Text from outside that is stored unchanged. A lone surrogate would silently become U+FFFD when it is encoded,
 * and PostgreSQL has no NUL: both would change a secret that may be sent only once.
 */
const opaque = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must be well-formed text without NUL')

const sender = { irisAppId: opaque(200), accountId: accountIdSchema }

/** The install callback, as documented. Unknown fields are allowed. @see the seed page "Calling the API on behalf of the User" */
export const installedCallbackSchema = z.looseObject({
  type: z.literal('INSTALLED'),
  ...sender,
  clientId: opaque(256),
  clientSecret: opaque(1024),
})

/** Not documented, but plausible; has no credentials. */
export const uninstalledCallbackSchema = z.looseObject({ type: z.literal('UNINSTALLED'), ...sender })

/** Any other type: stored, answered 200 `ignored`, without effect. */
export const unknownCallbackSchema = z.looseObject({ type: opaque(64), ...sender })

export type InstalledCallback = z.infer<typeof installedCallbackSchema>
export type UninstalledCallback = z.infer<typeof uninstalledCallbackSchema>
export type UnknownCallback = z.infer<typeof unknownCallbackSchema>

/** The callback by its kind; `unknown` is every other type. */
export type TrackunitCallback =
  | { kind: 'INSTALLED'; body: InstalledCallback }
  | { kind: 'UNINSTALLED'; body: UninstalledCallback }
  | { kind: 'unknown'; body: UnknownCallback }

/**
 * The result in a 2xx answer to a callback: `accepted` (stored), `duplicate` (stored before; nothing changed),
 * `superseded` (older than the one in use), `ignored` (a type without effect).
 */
export const callbackStatusSchema = z.enum(['accepted', 'duplicate', 'superseded', 'ignored'])
export type CallbackStatus = z.infer<typeof callbackStatusSchema>
