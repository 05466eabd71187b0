import type { Delivery } from '@standin/contracts'
import { actorOf, type Caller } from '../access/caller.ts'
import { type Actor, record } from '../audit/record.ts'
import { type Context, inTransaction } from '../context.ts'
import { checkMayRead } from '../results/read-right.ts'
import { appendEvent } from '../runs/run-event-store.ts'
import { findRun, lockRun } from '../runs/run-store.ts'
import type { RunKey } from '../runs/run-table.ts'
import { StandinError } from '../standin-error.ts'
import type { DeliveriesContext } from './deliveries-context.ts'
import { toDelivery } from './delivery-store.ts'
import { findDelivery, makeDueAgain } from './resend-store.ts'

/**
 * Retries a failed delivery, for a person who has fixed the receiver. Earlier attempts still count, so that repeated clicks
 * cannot flood an address. A delivery that is under way or done stays as it is.
 * @throws StandinError `SCOPE_FORBIDDEN` for a caller who may not read the result; as `makeDeliveryDue` does
 */
export async function resendDelivery(
  ctx: DeliveriesContext,
  caller: Caller,
  of: { run: RunKey; deliveryId: string },
): Promise<Delivery> {
  const run = await findRun(ctx.db, of.run)
  if (!run) throw new StandinError('RUN_NOT_FOUND')
  checkMayRead(caller, run)
  return makeDeliveryDue(ctx, { ...of, actor: actorOf(caller) })
}

/**
 * The same without checking the caller's rights: the operator may resend any delivery.
 * @throws StandinError `RUN_NOT_FOUND`, `DELIVERY_NOT_FOUND`; `INSTALLATION_UNINSTALLED` if it was given up because the
 *   account removed the app
 */
export async function makeDeliveryDue(
  ctx: Context,
  { run: key, deliveryId, actor }: { run: RunKey; deliveryId: string; actor: Actor },
): Promise<Delivery> {
  return inTransaction(ctx, async (tx) => {
    const run = await lockRun(tx.db, key) // Before the rows that belong to it, as everywhere.
    if (!run) throw new StandinError('RUN_NOT_FOUND')
    const delivery = await findDelivery(tx.db, run, deliveryId)
    if (!delivery) throw new StandinError('DELIVERY_NOT_FOUND')
    if (delivery.state !== 'failed') return toDelivery(delivery)
    if (delivery.reason === 'INSTALLATION_UNINSTALLED') throw new StandinError('INSTALLATION_UNINSTALLED')
    const again = toDelivery(await makeDueAgain(tx, delivery))
    await appendEvent(tx, run, { type: 'delivery', delivery: again })
    const details = { runId: run.id, kind: again.kind, to: again.to }
    await record(tx, { actor, event: 'delivery.resent', accountId: run.accountId, details })
    return again
  })
}
