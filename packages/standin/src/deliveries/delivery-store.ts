import type { Delivery } from '@standin/contracts'
import { and, asc, eq, getTableColumns, gt, notInArray, or, sql } from 'drizzle-orm'
import { type AwaitingWork, isAccountStopped } from '../accounts/stopped-account-store.ts'
import { shownAddress } from '../actions/shown-address.ts'
import type { Announcing, InTransaction } from '../context.ts'
import { codeOf } from '../database/code-of.ts'
import type { Database, Transaction } from '../database/database.ts'
import { isAmong } from '../database/is-among.ts'
import { lockRun } from '../runs/run-store.ts'
import { isOfRun, type RunKey, type runs } from '../runs/run-table.ts'
import { deliveries } from './delivery-table.ts'

export type DeliveryRow = typeof deliveries.$inferSelect

/** In the statement's text, as in the index `deliveries_due`: PostgreSQL's plan for all parameters could not use it. */
const isWaiting = sql`${deliveries.state} = 'waiting'`
const isDue = sql`${isWaiting} and not ${deliveries.awaitsAccount} and ${deliveries.nextTryAt} <= now()`
const isOfServed = sql`not ${isAccountStopped(deliveries.accountId)}`

export const awaitingDeliveries: AwaitingWork = {
  table: deliveries,
  key: sql`run_id, position`,
  isDue,
  order: sql`next_try_at`,
}

type DeliverableRun = Pick<typeof runs.$inferSelect, 'id' | 'accountId' | 'deliverTo'>

/** Inserts the deliveries of a run, due now, and wakes the replicas that deliver. */
export async function insertDeliveries(
  { db, notices }: Announcing,
  { id: runId, accountId, deliverTo }: DeliverableRun,
): Promise<Delivery[]> {
  const due = deliverTo.map((destination, position) => ({
    runId,
    position,
    accountId,
    destination,
    nextTryAt: sql`now()`,
  }))
  const rows = await db.insert(deliveries).values(due).onConflictDoNothing().returning()
  notices.send('delivery_due')
  return rows.map(toDelivery)
}

/**
 * Claims the delivery that has been due for longest, of accounts that are not suspended and have no other send under way. No
 * other replica claims it for `leaseMs`; after that this replica is considered dead, and the same delivery goes first.
 * @param last accounts whose deliveries come after all others
 * @returns the delivery and when it was last attempted; undefined if none is due
 */
export async function claimDueDelivery(
  db: Database,
  { leaseMs, last }: { leaseMs: number; last: readonly string[] },
): Promise<{ claimed: DeliveryRow; lastTryAt: Date | null } | undefined> {
  const sending = db
    .select({ accountId: deliveries.accountId })
    .from(deliveries)
    .where(and(isWaiting, deliveries.isSending))
  const due = db.$with('due').as(
    db
      .select({
        accountId: sql<string>`${deliveries.accountId}`.as('due_account_id'),
        runId: sql<string>`${deliveries.runId}`.as('due_run_id'),
        position: sql<number>`${deliveries.position}`.as('due_position'),
        lastTryAt: sql<Date | null>`${deliveries.lastTryAt}`.mapWith(deliveries.lastTryAt).as('tried_before_at'),
      })
      .from(deliveries)
      .where(and(isDue, or(deliveries.isSending, notInArray(deliveries.accountId, sending)), isOfServed))
      .orderBy(isAmong(deliveries.accountId, last), asc(deliveries.nextTryAt))
      .limit(1)
      .for('update', { skipLocked: true }),
  )
  const claiming = db
    .with(due)
    .update(deliveries)
    .set({
      nextTryAt: sql`now() + ${leaseMs} * interval '1 millisecond'`,
      lastTryAt: sql`now()`,
      attempts: sql`${deliveries.attempts} + 1`,
      isSending: true,
    })
    .from(due)
    .where(
      and(
        eq(deliveries.accountId, due.accountId),
        eq(deliveries.runId, due.runId),
        eq(deliveries.position, due.position),
      ),
    )
    .returning({ ...getTableColumns(deliveries), triedBeforeAt: due.lastTryAt })
  try {
    const [row] = await claiming
    if (!row) return undefined
    const { triedBeforeAt: lastTryAt, ...claimed } = row
    return { claimed, lastTryAt }
  } catch (error) {
    // Another sender claimed one of the same account at the same moment. The next attempt sees it.
    if (codeOf(error) === '23505') return claimDueDelivery(db, { leaseMs, last })
    throw error
  }
}

/** 0 while a delivery is due, also of an account that has a send under way. */
export const deliveriesDue = sql`
  select 0 where exists (
    select from ${deliveries} where ${isDue} and ${isOfServed})`

/** How long the delivery that waits longest has been due; 0 while none is. For the metrics. */
export async function oldestDueDeliveryS(db: Database): Promise<number> {
  const [row] = await db
    .select({ seconds: sql<number>`coalesce(extract(epoch from now() - min(${deliveries.nextTryAt})), 0)::float8` })
    .from(deliveries)
    .where(and(isDue, isOfServed))
  return row?.seconds ?? 0
}

/** An upper bound of an account's recent attempts: of a delivery that was attempted in this time, all attempts count. */
export async function countAttempts(
  db: Database,
  accountId: string,
  { withinMs }: { withinMs: number },
): Promise<number> {
  const [row] = await db
    .select({ attempts: sql<number>`coalesce(sum(${deliveries.attempts}), 0)::int` })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.accountId, accountId),
        gt(deliveries.lastTryAt, sql`now() - ${withinMs} * interval '1 millisecond'`),
      ),
    )
  return row?.attempts ?? 0
}

export type DeliveryChange = Partial<
  Pick<DeliveryRow, 'state' | 'reason' | 'attempts' | 'nextTryAt' | 'lastTryAt' | 'endedAt'>
>

/** @returns the changed delivery; undefined if another replica has claimed it since, or it was stopped */
export async function updateClaimedDelivery(
  tx: Transaction,
  claimed: DeliveryRow,
  change: DeliveryChange,
): Promise<DeliveryRow | undefined> {
  // The run's row is locked before the rows that belong to it, as everywhere.
  await lockRun(tx, { id: claimed.runId, accountId: claimed.accountId })
  const [row] = await tx
    .update(deliveries)
    .set({ ...change, isSending: false })
    .where(and(isDelivery(claimed), isWaiting, eq(deliveries.attempts, claimed.attempts)))
    .returning()
  return row
}

export const isDelivery = ({ accountId, runId, position }: Pick<DeliveryRow, 'accountId' | 'runId' | 'position'>) =>
  and(isOfRun(deliveries, { id: runId, accountId }), eq(deliveries.position, position))

export async function hasOpenDeliveries(db: Database, run: RunKey): Promise<boolean> {
  return (await db.$count(deliveries, and(isOfRun(deliveries, run), isWaiting))) > 0
}

/** The deliveries of some runs of one account, by run. For runs that have not ended, the planned ones, without a query. */
export async function deliveriesOfRuns(
  db: Database,
  those: ReadonlyArray<Pick<typeof runs.$inferSelect, 'id' | 'accountId' | 'endedAt' | 'deliverTo'>>,
): Promise<Map<string, Delivery[]>> {
  const ended = those.filter(({ endedAt }) => endedAt)
  const byRun = Map.groupBy(await listDeliveries(db, ended), ({ runId }) => runId)
  return new Map(
    those.map(({ id: runId, endedAt, deliverTo }) => [
      runId,
      endedAt
        ? (byRun.get(runId) ?? []).map(toDelivery)
        : deliverTo.map((destination, position) => plannedDelivery({ runId, position, destination })),
    ]),
  )
}

async function listDeliveries(db: Database, those: readonly RunKey[]): Promise<DeliveryRow[]> {
  const [first] = those
  if (!first) return []
  const runIds = those.map(({ id }) => id)
  return db
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.accountId, first.accountId), isAmong(deliveries.runId, runIds)))
    .orderBy(asc(deliveries.position))
}

function plannedDelivery({
  runId,
  position,
  destination,
}: Pick<DeliveryRow, 'runId' | 'position' | 'destination'>): Delivery {
  const untried = { state: 'waiting', reason: null, attempts: 0, nextTryAt: null, endedAt: null } as const
  return { id: `${runId}/${position}`, kind: destination.kind, to: shownAddress(destination), ...untried }
}

/** Stops the deliveries of an account that is uninstalled, all at once. Events are not needed: its streams end. */
export async function stopDeliveriesOf({ db }: InTransaction, accountId: string): Promise<boolean> {
  await db
    .update(deliveries)
    .set({ state: 'failed', reason: 'INSTALLATION_UNINSTALLED', nextTryAt: null, endedAt: sql`now()` })
    .where(and(eq(deliveries.accountId, accountId), isWaiting))
  return false
}

/**
 * Stops every delivery that is open in a restored database: its result may have been sent after the backup.
 * @returns how many
 */
export async function stopRestoredDeliveries(tx: Transaction): Promise<number> {
  const stopped = await tx
    .update(deliveries)
    .set({ state: 'failed', reason: 'RESTORED', nextTryAt: null, isSending: false, endedAt: sql`now()` })
    .where(isWaiting)
    .returning({ runId: deliveries.runId })
  return stopped.length
}

export const toDelivery = (row: DeliveryRow): Delivery => ({
  ...plannedDelivery(row),
  state: row.state,
  reason: row.reason,
  attempts: row.attempts,
  nextTryAt: row.state === 'waiting' ? (row.nextTryAt?.toISOString() ?? null) : null,
  endedAt: row.endedAt?.toISOString() ?? null,
})
