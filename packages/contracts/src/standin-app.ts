import { z } from 'zod'
import { type Accent, accentProblem } from './accent.ts'
import { lineSchema } from './text.ts'

/** A scope as an OAuth scope token. @see RFC 6749 §3.3 */
export const scopeSchema = z
  .string()
  .max(128)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'a scope has no spaces, quotes or backslashes')

const colourOf = (theme: keyof Accent) =>
  z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, { error: 'a colour has the form #rrggbb', abort: true })
    .superRefine((colour, check) => {
      const problem = accentProblem(theme, colour)
      if (problem) check.addIssue({ code: 'custom', message: problem })
    })

const httpsAddress = z.url({ protocol: /^https$/, error: 'an address begins with https:// and a host' })

/** What a maker writes in `standin.config.ts`: who the app is. */
export const standinAppSchema = z.strictObject({
  /** The manifest's `moduleFederationName`, which the callback calls `irisAppId`. */
  id: z
    .string()
    .regex(/^@[\w.-]+\/[\w.-]+$/, 'an app id has the form @organization/appname')
    .max(200),
  /** How users know the app: on its pages, in emails and in Manager. */
  name: lineSchema(60).min(1),
  description: z.string().min(1).max(300),
  /** The colour of links and buttons, on pages and in emails. Default: blue, `defaultAccent`. Refused if it cannot be read. */
  accent: z.strictObject({ light: colourOf('light'), dark: colourOf('dark') }).optional(),
  /**
   * The address of a picture, at best 96 pixels high, at the top of emails and of pages outside Manager. Default: none, then
   * the name stands there. Inside Manager the app shows no logo, since Manager does.
   */
  logoUrl: httpsAddress.optional(),
  /** The email address at which users get help. Default: none, then they are sent to "those who run" the app. */
  support: z.email().optional(),
  /** The person who installs the app may deny optional scopes; without the others it is not installed. */
  scopes: z
    .array(z.strictObject({ scope: scopeSchema, optional: z.boolean() }))
    .min(1)
    .max(64),
  /** Where Trackunit sends the install callback, without the path secret, which the manifest adds from the environment. */
  callbackUrl: httpsAddress,
})

export type StandinApp = z.infer<typeof standinAppSchema>

/** What is wrong with what `standin.config.ts` exports: one phrase for each mistake, with its field. Empty if nothing is. */
export function problemsInApp(app: unknown): string[] {
  if (app === undefined) return ['it has no default export; write export default { … } satisfies StandinApp']
  const { error } = standinAppSchema.safeParse(app)
  return (error?.issues ?? []).flatMap((issue) => {
    const at = issue.path.map((each) => `${String(each)}: `).join('')
    if (issue.code !== 'unrecognized_keys') return [`${at}${issue.message}`]
    return issue.keys.map((key) => `${at}there is no field "${key}"; check its spelling`)
  })
}
