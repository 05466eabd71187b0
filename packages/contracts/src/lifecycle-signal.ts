import { z } from 'zod'
import { accountIdSchema } from './account-id.ts'

/**
 * What the app's lifecycle extension sends to `POST /trackunit/lifecycle`, with its app token as the bearer. The token
 * names the account; one in the body must be the same.
 */
export const lifecycleSignalSchema = z.object({
  type: z.enum(['INSTALLED', 'UNINSTALLED']),
  accountId: accountIdSchema.optional(),
})
export type LifecycleSignal = z.infer<typeof lifecycleSignalSchema>

/** `duplicate`: the signal was already known; `ignored`: there is no installation that it could concern. */
export type LifecycleStatus = 'accepted' | 'duplicate' | 'ignored'
