import { z } from 'zod'

/** A scope as an OAuth scope token. @see RFC 6749 §3.3 */
export const scopeSchema = z
  .string()
  .max(128)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'a scope has no spaces, quotes or backslashes')

/** What a maker writes in `standin.config.ts`: who the app is. */
export const standinAppSchema = z.strictObject({
  /** The manifest's `moduleFederationName`, which the callback calls `irisAppId`. */
  id: z
    .string()
    .regex(/^@[\w.-]+\/[\w.-]+$/, 'an app id has the form @organization/appname')
    .max(200),
  name: z.string().min(1).max(60),
  description: z.string().min(1).max(300),
  /** An optional scope may be denied by who installs; without the others the app is not installed. */
  scopes: z
    .array(z.strictObject({ scope: scopeSchema, optional: z.boolean() }))
    .min(1)
    .max(64),
  /** Where Trackunit sends the install callback, without the path secret, which the manifest adds from the environment. */
  callbackUrl: z.url({ protocol: /^https$/ }),
})

export type StandinApp = z.infer<typeof standinAppSchema>
