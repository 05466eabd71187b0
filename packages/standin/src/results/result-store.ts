import type { Message } from '@standin/contracts'
import { and, desc, eq, gte, inArray, ne, sql } from 'drizzle-orm'
import { daysAgo } from '../clock.ts'
import type { Context, InTransaction } from '../context.ts'
import type { Database, Transaction } from '../database/database.ts'
import { findRun, isRun } from '../runs/run-store.ts'
import { isOfRun, isReadWith, type RunKey, runs } from '../runs/run-table.ts'
import { StandinError } from '../standin-error.ts'
import { runResultRows, runResults } from './result-table.ts'

export type ResultOfRun = typeof runResults.$inferSelect

const isResultOf = and(eq(runResults.accountId, runs.accountId), eq(runResults.runId, runs.id))

/** Batch sizes, so that no statement takes long: one result can have 100,000 rows. */
const resultsAtOnce = 100
const rowsAtOnce = 10_000
/** Each may have 100,000 rows. */
const erasedAtOnce = 10

/**
 * Opens the result of a run as its last checkpoint left it. Later rows are deleted: the next attempt finds them again.
 * @throws StandinError `STORAGE_FULL` while the account's other results have too many rows
 */
export async function openResult(
  tx: Transaction,
  run: RunKey,
  { rowsPerAccount }: { rowsPerAccount: number },
): Promise<ResultOfRun> {
  const { id: runId, accountId } = run
  if ((await countRowsOfOthers(tx, run)) >= rowsPerAccount) throw new StandinError('STORAGE_FULL')
  await tx
    .insert(runResults)
    .values({ accountId, runId, previousRunId: await findPreviousRun(tx, run) })
    .onConflictDoNothing()
  const [row] = await tx.select().from(runResults).where(isOfRun(runResults, run)).for('update')
  if (!row) throw new Error('the row was inserted above')
  await tx.delete(runResultRows).where(and(isOfRun(runResultRows, run), gte(runResultRows.position, row.rows)))
  return row
}

async function countRowsOfOthers(tx: Transaction, { id, accountId }: RunKey): Promise<number> {
  const [row] = await tx
    .select({ rows: sql<string>`coalesce(sum(${runResults.rows}), 0)` })
    .from(runResults)
    .where(and(eq(runResults.accountId, accountId), ne(runResults.runId, id)))
  return Number(row?.rows ?? 0)
}

/** The last successful run of the same action with the same input that has a result, read with none but this run's scopes. */
async function findPreviousRun(tx: Transaction, run: RunKey): Promise<string | undefined> {
  const self = await findRun(tx, run)
  if (!self) return undefined
  const [previous] = await tx
    .select({ id: runs.id })
    .from(runs)
    .innerJoin(runResults, isResultOf)
    .where(
      and(
        eq(runs.accountId, run.accountId),
        eq(runs.actionId, self.actionId),
        eq(runs.mode, self.mode),
        eq(runs.input, self.input),
        isReadWith(self.readsWith),
        eq(runs.state, 'succeeded'),
      ),
    )
    .orderBy(desc(runs.createdAt), desc(runs.id))
    .limit(1)
  return previous?.id
}

export async function keepResult(
  tx: Transaction,
  run: RunKey,
  change: Partial<Pick<ResultOfRun, 'rows' | 'columns' | 'chart' | 'detail' | 'figure' | 'offer' | 'early' | 'counts'>>,
): Promise<void> {
  await tx.update(runResults).set(change).where(isOfRun(runResults, run))
}

/** The result of a run, with the columns of the run that its readers need. */
export async function findResult(
  db: Database,
  run: RunKey,
): Promise<
  { accountId: string; readsWith: string[]; headline: Message | null; result: ResultOfRun | null } | undefined
> {
  const [row] = await db
    .select({ accountId: runs.accountId, readsWith: runs.readsWith, headline: runs.headline, result: runResults })
    .from(runs)
    .leftJoin(runResults, isResultOf)
    .where(isRun(run))
  return row
}

/** Erases some results of an account; its runs stay as history. @returns whether there may be more */
export async function eraseResultsOf({ db }: InTransaction, accountId: string): Promise<boolean> {
  const { runId } = runResults
  const isOfAccount = eq(runResults.accountId, accountId)
  const some = db.select({ runId }).from(runResults).where(isOfAccount).limit(erasedAtOnce)
  const deleted = await db
    .delete(runResults)
    .where(and(isOfAccount, inArray(runId, some)))
    .returning({ runId })
  return deleted.length === erasedAtOnce
}

/**
 * Deletes some results that are older than the settings allow, their rows first. Several replicas may do it at once.
 * @returns whether there may be more
 */
export async function ageOutResults({ db, clock, config }: Context): Promise<boolean> {
  const before = daysAgo(clock, config.retention.resultDays).toISOString()
  const old = sql`
    select result.account_id, result.run_id from ${runResults} result
    join ${runs} run on run.account_id = result.account_id and run.id = result.run_id
    where result.created_at < ${before}::timestamptz and run.ended_at < ${before}::timestamptz -- The first has an index.
    order by result.created_at limit ${resultsAtOnce}`
  const rows = await db.execute(sql`
    with old as materialized (${old}), few as (
      select account_id, run_id, position from ${runResultRows} join old using (account_id, run_id)
      limit ${rowsAtOnce} for update of ${runResultRows} skip locked
    )
    delete from ${runResultRows} where (account_id, run_id, position) in (select * from few) returning 1`)
  if (rows.length === rowsAtOnce) return true
  const results = await db.execute(sql`
    with old as materialized (${old})
    delete from ${runResults} where (account_id, run_id) in (select * from old)
      and not exists (select from ${runResultRows} left_row
        where left_row.account_id = ${runResults.accountId} and left_row.run_id = ${runResults.runId})
    returning 1`)
  return rows.length + results.length > 0
}
