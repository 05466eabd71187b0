import { z } from 'zod'
import { compiledMessageSchema, messageSchema } from './message.ts'
import { resultIconSchema } from './result-icon.ts'

export const actionIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'lower-case words with hyphens')
  .max(60)

/** An action of the catalogue, as the app shows it. */
export const actionSchema = z.object({
  id: actionIdSchema,
  title: z.string(),
  description: z.string(),
  changesData: z.boolean(),
  scopes: z.array(z.string()),
  /**
   * Required scopes that this account did not grant: the action cannot be started. Empty while it is unknown
   * what was granted.
   */
  missingScopes: z.array(z.string()),
  /** The scopes of `missingScopes` that the account's Trackunit plan does not include, according to Trackunit. */
  missingFromPlan: z.array(z.string()),
  /** Optional scopes that this account did not grant: the action leaves something out. */
  missingOptionalScopes: z.array(z.string()),
  /** What the account's Trackunit plan must have, if Trackunit refused it recently: the action cannot be started then. */
  missingPlan: z.string().nullable(),
  /** Whether several of its runs may work at the same time; otherwise one works, one more waits, and a third is refused. */
  mayOverlap: z.boolean(),
  /** Whether this caller may start it: a user's own token may lack what the action needs. */
  mayStart: z.boolean(),
  /** Seconds that the last runs on this account took, or their previews if the action changes data; null without runs. */
  usualSeconds: z.int().nullable(),
  /** Seconds per change: measured in the last runs on this account, otherwise the action's own estimate. */
  secondsPerChange: z.number().nullable(),
  /** JSON Schema of the input; the app builds the form from it. */
  inputSchema: z.record(z.string(), z.unknown()),
  /** What it reads from Trackunit, for people who have not run it yet; empty if it does not say. */
  reads: z.array(z.object({ what: messageSchema, detail: messageSchema, icon: resultIconSchema.optional() })),
  /**
   * Its messages in the language that was asked for, by key, to be formatted with `formatMessage`; empty if it has none.
   * Its form is in there as well: `title`, `description`, `plan`, `input.<field>`, `input.<field>.description` and
   * `input.<field>.<choice>`.
   */
  messages: z.record(z.string(), compiledMessageSchema),
})
/** An action that a server has, as one account sees it. */
export type Action = z.infer<typeof actionSchema>
