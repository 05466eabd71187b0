import { z } from 'zod'

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
  /** JSON Schema of the input, from which the app makes the form. */
  inputSchema: z.record(z.string(), z.unknown()),
})
export type Action = z.infer<typeof actionSchema>
