import { z } from 'zod'
import { compiledMessageSchema } from './message.ts'

export const actionIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'lower case words with hyphens')
  .max(60)

/** An action of the catalogue, as the app shows it. */
export const actionSchema = z.object({
  id: actionIdSchema,
  title: z.string(),
  description: z.string(),
  changesData: z.boolean(),
  scopes: z.array(z.string()),
  /**
   * Scopes that this account did not grant: with any of them the action cannot be started. Empty while it is not known
   * what was granted.
   */
  missingScopes: z.array(z.string()),
  /** Of `missingScopes` those that the account's Trackunit plan does not include, as Trackunit said. */
  missingFromPlan: z.array(z.string()),
  /** Scopes that this account did not grant and without which the action leaves something out. */
  missingOptionalScopes: z.array(z.string()),
  /** What it needs of the account's Trackunit plan, where Trackunit refused that lately: then it cannot be started. */
  missingPlan: z.string().nullable(),
  /** Whether this caller may start it: a user's own token may lack what the action needs. */
  mayStart: z.boolean(),
  /** Seconds that it usually takes on this account, its preview where it changes data; from its last runs, null without. */
  usualSeconds: z.int().nullable(),
  /** Seconds that one of its changes takes: in its last runs on this account, else as its maker expects. */
  secondsPerChange: z.number().nullable(),
  /** JSON Schema of the input, from which the app makes the form. */
  inputSchema: z.record(z.string(), z.unknown()),
  /**
   * Its messages in the language that was asked for, by key, to be formatted with `formatMessage`; empty where it has none.
   * Its form is in there as well: `title`, `description`, `plan`, `input.<field>`, `input.<field>.description` and
   * `input.<field>.<choice>`.
   */
  messages: z.record(z.string(), compiledMessageSchema),
})
export type Action = z.infer<typeof actionSchema>
