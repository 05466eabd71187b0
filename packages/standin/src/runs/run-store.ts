import type { Destination } from '@standin/contracts'
import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import { wholeRow } from '../database/rows/whole-row.ts'
import { StandinError } from '../standin-error.ts'
import { type RunKey, runs } from './run-table.ts'

export type RunRow = typeof runs.$inferSelect

/** PostgreSQL's codes for text that it cannot store: NUL, or half of a surrogate pair. */
const unstorableCodes = ['22P05', '22P02', '22021']

export function refuseUnstorable(error: unknown): never {
  const { code } = (error instanceof Error ? error.cause : undefined) as { code?: string }
  if (code === undefined || !unstorableCodes.includes(code)) throw error
  throw new StandinError('INPUT_INVALID', { detail: 'It contains text that cannot be stored.' })
}

export const isRun = ({ id, accountId }: RunKey) => and(eq(runs.accountId, accountId), eq(runs.id, id))

export const wholeRun = wholeRow(runs)

export async function findRun(db: Database, run: RunKey): Promise<RunRow | undefined> {
  const [row] = await db.execute(sql`select ${wholeRun.columns} from ${runs} where ${isRun(run)}`)
  return row && wholeRun.read(row)
}

/** The run that has an idempotency key of its account. */
export async function findRunByKey(
  db: Database,
  { accountId, idempotencyKey }: Pick<RunRow, 'accountId' | 'idempotencyKey'>,
): Promise<RunRow | undefined> {
  const [row] = await db
    .select()
    .from(runs)
    .where(and(eq(runs.accountId, accountId), eq(runs.idempotencyKey, idempotencyKey)))
  return row
}

export async function lockRun(tx: Transaction, run: RunKey): Promise<RunRow | undefined> {
  const [row] = await tx.execute(sql`select ${wholeRun.columns} from ${runs} where ${isRun(run)} for update`)
  return row && wholeRun.read(row)
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
