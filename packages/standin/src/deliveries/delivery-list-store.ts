import type { Delivery } from '@standin/contracts'
import { and, eq, sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import type { DeliveryRow } from './delivery-store.ts'
import { deliveries } from './delivery-table.ts'

interface DeliveryListing {
  /** Without it, of all accounts. */
  accountId?: string | undefined
  state?: Delivery['state'] | undefined
  limit: number
}

/** Deliveries for the operator: those that wait or ended last come first. */
export function listDeliveriesOf(db: Database, { accountId, state, limit }: DeliveryListing): Promise<DeliveryRow[]> {
  return db
    .select()
    .from(deliveries)
    .where(
      and(
        accountId === undefined ? undefined : eq(deliveries.accountId, accountId),
        state === undefined ? undefined : eq(deliveries.state, state),
      ),
    )
    .orderBy(
      sql`coalesce(${deliveries.endedAt}, ${deliveries.nextTryAt}) desc nulls last`,
      deliveries.runId,
      deliveries.position,
    )
    .limit(limit)
}

/** Deliveries that a restore stopped. @param accountId undefined: of all accounts */
export function listRestoredDeliveries(db: Database, accountId: string | undefined): Promise<DeliveryRow[]> {
  const ofAccount = accountId === undefined ? undefined : eq(deliveries.accountId, accountId)
  return db
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.state, 'failed'), eq(deliveries.reason, 'RESTORED'), ofAccount))
    .orderBy(deliveries.accountId, deliveries.runId, deliveries.position)
}
