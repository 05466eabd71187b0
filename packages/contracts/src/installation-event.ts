import { z } from 'zod'
import { accountIdSchema } from './account-id.ts'
import { momentSchema } from './moment.ts'

/**
 * What happened to the accounts that a service was granted. `seq` grows, with gaps for other accounts. `installed` comes
 * once new credentials were proven and are in force.
 */
export const installationEventSchema = z.object({
  seq: z.int().min(1),
  at: momentSchema,
  accountId: accountIdSchema,
  type: z.enum(['installed', 'active', 'scopes-changed', 'parked', 'suspended', 'uninstalled']),
})
/** A change of an account's installation. Remember `seq` to continue after it. */
export type InstallationEvent = z.infer<typeof installationEventSchema>
