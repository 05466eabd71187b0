import type { Destination } from '@standin/contracts'
import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import type { Database, Transaction } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { type RunKey, runs } from './run-table.ts'

export type RunRow = typeof runs.$inferSelect

/** PostgreSQL's codes for text that it cannot store: NUL, or half of a surrogate pair. */
const unstorableCodes = ['22P05', '22P02', '22021']

/** Inserts a run, or finds the one that has its idempotency key. @throws StandinError `INPUT_INVALID` */
export async function insertRun(
  tx: Transaction,
  row: typeof runs.$inferInsert,
): Promise<{ row: RunRow; isNew: boolean }> {
  const [inserted] = await tx
    .insert(runs)
    .values(row)
    .onConflictDoNothing({ target: [runs.accountId, runs.idempotencyKey] })
    .returning()
    .catch(refuseUnstorable)
  if (inserted) return { row: inserted, isNew: true }
  const [existing] = await tx
    .select()
    .from(runs)
    .where(and(eq(runs.accountId, row.accountId), eq(runs.idempotencyKey, row.idempotencyKey)))
  if (!existing) throw new Error('a conflict on an idempotency key that does not exist')
  return { row: existing, isNew: false }
}

export function refuseUnstorable(error: unknown): never {
  const { code } = (error instanceof Error ? error.cause : undefined) as { code?: string }
  if (code === undefined || !unstorableCodes.includes(code)) throw error
  throw new StandinError('INPUT_INVALID', { detail: 'It contains text that cannot be stored.' })
}

export const isRun = ({ id, accountId }: RunKey) => and(eq(runs.accountId, accountId), eq(runs.id, id))

export async function findRun(db: Database, run: RunKey): Promise<RunRow | undefined> {
  const [row] = await db.select().from(runs).where(isRun(run))
  return row
}

export async function lockRun(tx: Transaction, run: RunKey): Promise<RunRow | undefined> {
  const [row] = await tx.select().from(runs).where(isRun(run)).for('update')
  return row
}

/** @param within the only account to look at; without it, all, since services name a run by its id alone */
export async function accountOfRun(db: Database, id: string, within?: string): Promise<string | undefined> {
  const { accountId } = runs
  const [row] = await db
    .select({ accountId })
    .from(runs)
    .where(within === undefined ? eq(runs.id, id) : isRun({ id, accountId: within }))
  return row?.accountId
}

/** Adds where a run's result goes when it has ended. */
export async function addDestination(tx: Transaction, run: RunKey, destination: Destination): Promise<void> {
  const added = JSON.stringify([destination])
  await tx
    .update(runs)
    .set({ deliverTo: sql`${runs.deliverTo} || ${added}::jsonb` as SQL })
    .where(and(isRun(run), sql`not ${runs.deliverTo} @> ${added}::jsonb`))
}

/** The database's time, for a column. */
export const now = sql`now()`

/** Changes a run. @returns it after the change */
export async function updateRun(
  tx: Transaction,
  run: RunKey,
  change: PgUpdateSetSource<typeof runs>,
): Promise<RunRow | undefined> {
  const [changed] = await tx.update(runs).set(change).where(isRun(run)).returning()
  return changed
}
