import type { Delivery, Destination } from '@standin/contracts'
import { and, asc, eq, gt, inArray, lte, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import { runs } from '../runs/run-table.ts'
import { deliveries } from './delivery-table.ts'

export type DeliveryRow = typeof deliveries.$inferSelect

/**
 * Makes the deliveries of a run that has ended. What was cancelled goes nowhere: whoever did it knows.
 * @returns what is now on its way, to be told to those who watch
 */
export async function releaseDeliveries(
  tx: Transaction,
  {
    id: runId,
    accountId,
    state,
    deliverTo,
  }: Pick<typeof runs.$inferSelect, 'id' | 'accountId' | 'state' | 'deliverTo'>,
): Promise<Delivery[]> {
  if (deliverTo.length === 0 || (state !== 'succeeded' && state !== 'failed')) return []
  const rows = await tx
    .insert(deliveries)
    .values(
      deliverTo.map((destination, position) => ({ runId, position, accountId, destination, nextTryAt: sql`now()` })),
    )
    .onConflictDoNothing()
    .returning()
  await tx.execute(sql`select pg_notify('delivery_due', '')`)
  return rows.map(toDelivery)
}

/**
 * Takes the delivery that has been due for longest. Until `leaseMs` have passed nobody else takes it.
 * @returns it, and when it was tried last; undefined when none is due
 */
export async function takeDueDelivery(
  db: Database,
  { now, leaseMs }: { now: Date; leaseMs: number },
): Promise<{ taken: DeliveryRow; triedAt: Date | null } | undefined> {
  return db.transaction(async (tx) => {
    const [due] = await tx
      .select()
      .from(deliveries)
      .where(and(eq(deliveries.state, 'waiting'), lte(deliveries.nextTryAt, now)))
      .orderBy(asc(deliveries.nextTryAt))
      .limit(1)
      .for('update', { skipLocked: true })
    if (!due) return undefined
    const [taken] = await tx
      .update(deliveries)
      .set({ nextTryAt: new Date(now.getTime() + leaseMs), lastTryAt: now, attempts: due.attempts + 1 })
      .where(isDelivery(due))
      .returning()
    return taken && { taken, triedAt: due.lastTryAt }
  })
}

/** How many tries an account has had after a moment, at most: of what was tried since, those before it count as well. */
export async function countTries(db: Database, accountId: string, after: Date): Promise<number> {
  const [row] = await db
    .select({ tries: sql<number>`coalesce(sum(${deliveries.attempts}), 0)::int` })
    .from(deliveries)
    .where(and(eq(deliveries.accountId, accountId), gt(deliveries.lastTryAt, after)))
  return row?.tries ?? 0
}

/**
 * What a try led to. Takes the run's row, to which its event is added.
 * @returns the delivery as it is now; undefined where somebody else has it by now, or where it was stopped
 */
export async function settleDelivery(
  tx: Transaction,
  taken: DeliveryRow,
  change: Partial<Pick<DeliveryRow, 'state' | 'reason' | 'attempts' | 'nextTryAt' | 'lastTryAt' | 'endedAt'>>,
): Promise<DeliveryRow | undefined> {
  // As everywhere: the run's row before those that belong to it.
  await tx.select({ id: runs.id }).from(runs).where(eq(runs.id, taken.runId)).for('update')
  const [row] = await tx
    .update(deliveries)
    .set(change)
    .where(and(isDelivery(taken), eq(deliveries.state, 'waiting'), eq(deliveries.attempts, taken.attempts)))
    .returning()
  return row
}

const isDelivery = ({ runId, position }: DeliveryRow) =>
  and(eq(deliveries.runId, runId), eq(deliveries.position, position))

/** Whether the result of a run is still on its way to somebody. */
export async function hasOpenDeliveries(db: Database, runId: string): Promise<boolean> {
  return (await db.$count(deliveries, and(eq(deliveries.runId, runId), eq(deliveries.state, 'waiting')))) > 0
}

/** Where the results of some runs went, by run; of those that go on, where they will go, which nobody has to look up. */
export async function deliveriesOfRuns(
  db: Database,
  those: ReadonlyArray<Pick<typeof runs.$inferSelect, 'id' | 'endedAt' | 'deliverTo'>>,
): Promise<Map<string, Delivery[]>> {
  const ended = those.filter(({ endedAt }) => endedAt).map(({ id }) => id)
  const sent = Map.groupBy(await listDeliveries(db, ended), ({ runId }) => runId)
  return new Map(
    those.map(({ id: runId, endedAt, deliverTo }) => [
      runId,
      endedAt
        ? (sent.get(runId) ?? []).map(toDelivery)
        : deliverTo.map((destination, position) => untried({ runId, position, destination })),
    ]),
  )
}

async function listDeliveries(db: Database, runIds: readonly string[]): Promise<DeliveryRow[]> {
  if (runIds.length === 0) return []
  return db
    .select()
    .from(deliveries)
    .where(inArray(deliveries.runId, [...runIds]))
    .orderBy(asc(deliveries.position))
}

/** Of a run that goes on. */
const untried = ({
  runId,
  position,
  destination,
}: Pick<DeliveryRow, 'runId' | 'position' | 'destination'>): Delivery => ({
  id: `${runId}/${position}`,
  kind: destination.kind,
  to: shownAddress(destination),
  state: 'waiting',
  reason: null,
  attempts: 0,
  nextTryAt: null,
  endedAt: null,
})

/** Stops all that is on its way for an account, because its installation ended; events are not needed: its streams end. */
export async function stopDeliveriesOf(tx: Transaction, accountId: string): Promise<void> {
  await tx
    .update(deliveries)
    .set({ state: 'failed', reason: 'INSTALLATION_UNINSTALLED', nextTryAt: null, endedAt: sql`now()` })
    .where(and(eq(deliveries.accountId, accountId), eq(deliveries.state, 'waiting')))
}

export const toDelivery = (row: DeliveryRow): Delivery => ({
  ...untried(row),
  state: row.state,
  reason: row.reason,
  attempts: row.attempts,
  nextTryAt: row.state === 'waiting' ? (row.nextTryAt?.toISOString() ?? null) : null,
  endedAt: row.endedAt?.toISOString() ?? null,
})

/** Of a web address only host and path: what follows may be a secret. */
export function shownAddress(destination: Destination): string {
  if (destination.kind === 'email') return destination.address
  const { host, pathname } = new URL(destination.url)
  return `${host}${pathname}`
}
