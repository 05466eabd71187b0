import { and, sql } from 'drizzle-orm'
import type { Announcing } from '../context.ts'
import type { Transaction } from '../database/database.ts'
import { isOfRun, type RunKey } from '../runs/run-table.ts'
import { type DeliveryRow, isDelivery } from './delivery-store.ts'
import { deliveries } from './delivery-table.ts'

/** @param deliveryId as `toDelivery` makes it */
export async function findDelivery(tx: Transaction, run: RunKey, deliveryId: string): Promise<DeliveryRow | undefined> {
  const isNamed = sql`${deliveries.runId} || '/' || ${deliveries.position} = ${deliveryId}`
  const [row] = await tx
    .select()
    .from(deliveries)
    .where(and(isOfRun(deliveries, run), isNamed))
  return row
}

/** Makes a failed delivery due, and wakes the replicas that deliver. */
export async function makeDueAgain({ db, notices }: Announcing, row: DeliveryRow): Promise<DeliveryRow> {
  const [again] = await db
    .update(deliveries)
    .set({ state: 'waiting', reason: null, nextTryAt: sql`now()`, endedAt: null })
    .where(isDelivery(row))
    .returning()
  if (!again) throw new Error('the delivery is gone although its run was locked')
  notices.send('delivery_due')
  return again
}
