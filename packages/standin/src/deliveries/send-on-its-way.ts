import type { Transaction } from '../database/database.ts'
import { appendEvent } from '../runs/run-event-store.ts'
import type { RunRow } from '../runs/run-store.ts'
import { releaseDeliveries } from './delivery-store.ts'

/**
 * Sends a run's result on its way, in the transaction in which the run ends: it is delivered if, and only if, the run
 * has ended.
 */
export async function sendOnItsWay(tx: Transaction, run: RunRow): Promise<void> {
  for (const delivery of await releaseDeliveries(tx, run)) await appendEvent(tx, run.id, { type: 'delivery', delivery })
}
