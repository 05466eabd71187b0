import { and, eq, sql } from 'drizzle-orm'
import type { Transaction } from '../database/database.ts'
import type { DeliveryRow } from './delivery-store.ts'
import { deliveries } from './delivery-table.ts'

/** @param deliveryId as `toDelivery` makes it */
export async function findDelivery(
  tx: Transaction,
  { runId, deliveryId }: { runId: string; deliveryId: string },
): Promise<DeliveryRow | undefined> {
  const isNamed = sql`${deliveries.runId} || '/' || ${deliveries.position} = ${deliveryId}`
  const [row] = await tx
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.runId, runId), isNamed))
  return row
}

/** Makes a failed delivery due, and wakes the replicas that deliver. */
export async function makeDueAgain(
  tx: Transaction,
  { runId, position }: DeliveryRow,
  nextTryAt: Date,
): Promise<DeliveryRow> {
  const [row] = await tx
    .update(deliveries)
    .set({ state: 'waiting', reason: null, nextTryAt, endedAt: null })
    .where(and(eq(deliveries.runId, runId), eq(deliveries.position, position)))
    .returning()
  if (!row) throw new Error('the delivery is gone although its run was locked')
  await tx.execute(sql`select pg_notify('delivery_due', '')`)
  return row
}
