import { type Delivery, deliverySchema } from '@standin/contracts'
import { and, eq } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import type { DeliveryRow } from './delivery-store.ts'
import { deliveries, listedAt } from './delivery-table.ts'

interface DeliveryListing {
  /** Without it, of all accounts. */
  accountId?: string | undefined
  state?: Delivery['state'] | undefined
  limit: number
}

/** Deliveries for the operator: those that wait or ended last come first. Of each state the first, as the index has them. */
export async function listDeliveriesOf(
  db: Database,
  { accountId, state, limit }: DeliveryListing,
): Promise<DeliveryRow[]> {
  const ofAccount = accountId === undefined ? undefined : eq(deliveries.accountId, accountId)
  const states = state === undefined ? deliverySchema.shape.state.options : [state]
  const pages = states.map((each) =>
    db
      .select()
      .from(deliveries)
      .where(and(ofAccount, eq(deliveries.state, each)))
      .orderBy(listedAt(deliveries), deliveries.runId, deliveries.position)
      .limit(limit),
  )
  return (await Promise.all(pages)).flat().sort(newestFirst).slice(0, limit)
}

const atOf = ({ endedAt, nextTryAt }: DeliveryRow) => (endedAt ?? nextTryAt)?.getTime() ?? 0
const newestFirst = (a: DeliveryRow, b: DeliveryRow) =>
  atOf(b) - atOf(a) || (a.runId < b.runId ? -1 : a.runId > b.runId ? 1 : a.position - b.position)

/** Deliveries that a restore stopped. @param accountId undefined: of all accounts */
export function listRestoredDeliveries(db: Database, accountId: string | undefined): Promise<DeliveryRow[]> {
  const ofAccount = accountId === undefined ? undefined : eq(deliveries.accountId, accountId)
  return db
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.state, 'failed'), eq(deliveries.reason, 'RESTORED'), ofAccount))
    .orderBy(deliveries.accountId, deliveries.runId, deliveries.position)
}
