import { procedures } from '@standin/contracts'
import { ownScopes } from '../access/authorize.ts'
import { daysAgo } from '../clock.ts'
import type { Contracted } from '../http/trpc.ts'
import type { DeliveriesContext } from './deliveries-context.ts'
import { toDelivery } from './delivery-store.ts'
import { resendDelivery } from './resend-delivery.ts'
import { showSigningSecret } from './signing-secret.ts'
import { listUndelivered } from './undelivered-store.ts'
import { whyWithheld } from './why-withheld.ts'

export function deliveryProcedures(ctx: DeliveriesContext, contracted: Contracted) {
  const { undelivered, resend, signingSecret } = procedures.delivery
  return {
    undelivered: contracted.call(undelivered).query(async ({ ctx: { caller, accountId } }) => {
      const since = daysAgo(ctx.clock, ctx.config.retention.resultDays)
      const rows = await listUndelivered(ctx.db, { accountId, own: ownScopes(caller, accountId), since })
      return {
        deliveries: await Promise.all(
          rows.map(async ({ actionId, scheduleId, ...row }) => ({
            runId: row.runId,
            actionId,
            scheduleId,
            delivery: toDelivery(row),
            mayReceive:
              row.reason !== 'DESTINATION_UNCONFIRMED' ||
              (await whyWithheld(ctx, accountId, row.destination)) === undefined,
          })),
        ),
      }
    }),
    resend: contracted
      .call(resend)
      .mutation(({ ctx: { caller, accountId }, input: { runId, deliveryId } }) =>
        resendDelivery(ctx, caller, { run: { id: runId, accountId }, deliveryId }),
      ),
    signingSecret: contracted
      .call(signingSecret)
      .query(({ ctx: { caller, accountId } }) => showSigningSecret(ctx, caller, accountId)),
  }
}
