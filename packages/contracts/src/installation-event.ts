import { z } from 'zod'
import { accountIdSchema } from './account-id.ts'
import { momentSchema } from './moment.ts'

/**
 * What happened to the accounts that a service was granted. `seq` grows, with gaps for other accounts. `installed` comes
 * once new credentials were proven and are in force. `active` or `parked` ends `suspended` and `paused`.
 */
export const installationEventSchema = z.discriminatedUnion('type', [
  z.object({
    seq: z.int().min(1),
    at: momentSchema,
    accountId: accountIdSchema,
    type: z.enum(['installed', 'active', 'scopes-changed', 'parked', 'suspended', 'paused', 'uninstalled']),
  }),
  /**
   * The server's database was restored from a backup, or lost its latest changes: events that you have dealt with may not
   * have happened, and others are missing. Read all installations again, then go on after this event.
   */
  z.object({ seq: z.int().min(0), at: momentSchema, accountId: z.null(), type: z.literal('reset') }),
])
/** A change of an account's installation, or `reset`. Remember `seq` to continue after it. */
export type InstallationEvent = z.infer<typeof installationEventSchema>
/** An event of one account. */
export type AccountEvent = Exclude<InstallationEvent, { type: 'reset' }>
