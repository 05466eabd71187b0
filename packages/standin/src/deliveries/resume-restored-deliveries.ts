import type { Actor } from '../audit/record.ts'
import type { Context } from '../context.ts'
import { listRestoredDeliveries } from './delivery-list-store.ts'
import { toDelivery } from './delivery-store.ts'
import { makeDeliveryDue } from './resend-delivery.ts'

/**
 * Sends the results whose deliveries a restore stopped. Some may have arrived before: receivers know a webhook by its id.
 * @param input.accountId undefined: of all accounts
 * @returns how many
 */
export async function resumeRestoredDeliveries(
  ctx: Context,
  { accountId, actor }: { accountId?: string | undefined; actor: Actor },
): Promise<number> {
  const stopped = await listRestoredDeliveries(ctx.db, accountId)
  for (const row of stopped) {
    const run = { id: row.runId, accountId: row.accountId }
    await makeDeliveryDue(ctx, { run, deliveryId: toDelivery(row).id, actor })
  }
  return stopped.length
}
