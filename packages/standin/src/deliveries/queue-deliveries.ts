import type { InTransaction } from '../context.ts'
import { appendEvent } from '../runs/run-event-store.ts'
import type { RunRow } from '../runs/run-store.ts'
import { insertDeliveries } from './delivery-store.ts'

/**
 * Queues the deliveries of a run in the transaction that ends it: results are delivered if, and only if, the run has
 * ended. A cancelled run is not delivered: the person who cancelled it knows.
 */
export async function queueDeliveriesOf(tx: InTransaction, run: RunRow): Promise<void> {
  if (run.deliverTo.length === 0 || (run.state !== 'succeeded' && run.state !== 'failed')) return
  const queued = await insertDeliveries(tx, run)
  for (const delivery of queued) await appendEvent(tx, run, { type: 'delivery', delivery })
}
