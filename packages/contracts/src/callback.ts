import { z } from 'zod'
import { accountIdSchema } from './account-id.ts'
import { lineSchema } from './text.ts'

const sender = { irisAppId: lineSchema(200).min(1), accountId: accountIdSchema }

/** The install callback, as documented. Unknown fields are allowed. @see the seed page "Calling the API on behalf of the User" */
export const installedCallbackSchema = z.looseObject({
  type: z.literal('INSTALLED'),
  ...sender,
  clientId: lineSchema(256).min(1),
  clientSecret: lineSchema(1024).min(1),
})

/** Not documented, but plausible; has no credentials. */
export const uninstalledCallbackSchema = z.looseObject({ type: z.literal('UNINSTALLED'), ...sender })

/** Any other type: stored, answered 200 `ignored`, without effect. */
export const unknownCallbackSchema = z.looseObject({ type: lineSchema(64).min(1), ...sender })

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
