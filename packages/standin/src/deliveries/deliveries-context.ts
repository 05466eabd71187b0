import type { ActionsContext } from '../actions/actions-context.ts'
import type { sendEmail } from './send-email.ts'
import type { SendTimes } from './send-times.ts'
import type { sendWebhook } from './send-webhook.ts'
import type { SlowReceivers } from './slow-receivers.ts'

/** What deliveries need besides the catalogue, which has the titles of actions. */
export type DeliveriesContext = ActionsContext & { deliveries: Senders }

/** Sends emails and webhooks. Tests replace both. */
export interface Senders extends SendTimes {
  slow: SlowReceivers
  sendEmail: typeof sendEmail
  sendWebhook: (...[ctx, message, options]: Parameters<typeof sendWebhook>) => ReturnType<typeof sendWebhook>
}
