import { z } from 'zod'
import { accountIdSchema } from './account-id.ts'
import { momentSchema } from './moment.ts'

/** What a service must know of the accounts it was granted; `seq` grows, with gaps where others' accounts are. */
export const installationEventSchema = z.object({
  seq: z.int().min(1),
  at: momentSchema,
  accountId: accountIdSchema,
  type: z.enum(['installed', 'active', 'scopes-changed', 'parked', 'uninstalled']),
})
export type InstallationEvent = z.infer<typeof installationEventSchema>
