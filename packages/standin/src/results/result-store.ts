import type { Message } from '@standin/contracts'
import { and, desc, eq, gte, inArray, lt } from 'drizzle-orm'
import { daysAgo } from '../clock.ts'
import type { Context, InTransaction } from '../context.ts'
import type { Database, Transaction } from '../database/database.ts'
import { findRun, isRun } from '../runs/run-store.ts'
import { isOfRun, type RunKey, runs } from '../runs/run-table.ts'
import { runResultRows, runResults } from './result-table.ts'

export type ResultOfRun = typeof runResults.$inferSelect

const isResultOf = and(eq(runResults.accountId, runs.accountId), eq(runResults.runId, runs.id))

/** A few at a time, so that no statement takes long. */
const deletedAtOnce = 100
/** Each may have 100,000 rows. */
const erasedAtOnce = 10

/** Opens the result of a run as its last checkpoint left it. Later rows are deleted: the next attempt finds them again. */
export async function openResult(tx: Transaction, run: RunKey): Promise<ResultOfRun> {
  const { id: runId, accountId } = run
  await tx
    .insert(runResults)
    .values({ accountId, runId, previousRunId: await findPreviousRun(tx, run) })
    .onConflictDoNothing()
  const [row] = await tx.select().from(runResults).where(isOfRun(runResults, run)).for('update')
  if (!row) throw new Error('the row was inserted above')
  await tx.delete(runResultRows).where(and(isOfRun(runResultRows, run), gte(runResultRows.position, row.rows)))
  return row
}

/** The last run of the same action with the same input that succeeded and has a result. */
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
  change: Partial<Pick<ResultOfRun, 'rows' | 'columns' | 'chart' | 'detail'>>,
): Promise<void> {
  await tx.update(runResults).set(change).where(isOfRun(runResults, run))
}

/** The result of a run, with the columns of the run that its readers need. */
export async function findResult(
  db: Database,
  run: RunKey,
): Promise<{ accountId: string; actionId: string; headline: Message | null; result: ResultOfRun | null } | undefined> {
  const [row] = await db
    .select({ accountId: runs.accountId, actionId: runs.actionId, headline: runs.headline, result: runResults })
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

/** Deletes some results that are older than the settings allow. @returns whether there may be more */
export async function ageOutResults({ db, clock, config }: Context): Promise<boolean> {
  const old = db
    .select({ runId: runResults.runId })
    .from(runResults)
    .innerJoin(runs, isResultOf)
    .where(lt(runs.endedAt, daysAgo(clock, config.retention.resultDays)))
    .limit(deletedAtOnce)
  const { runId } = runResults
  const deleted = await db.delete(runResults).where(inArray(runId, old)).returning({ runId })
  return deleted.length > 0
}
