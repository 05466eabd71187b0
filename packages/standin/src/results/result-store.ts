import type { Message } from '@standin/contracts'
import { and, desc, eq, gte, inArray, lt } from 'drizzle-orm'
import { daysAgo } from '../clock.ts'
import type { Context, InTransaction } from '../context.ts'
import type { Database, Transaction } from '../database/database.ts'
import { runs } from '../runs/run-table.ts'
import { runResultRows, runResults } from './result-table.ts'

export type ResultOfRun = typeof runResults.$inferSelect

/** A few at a time, so that no statement takes long. */
const deletedAtOnce = 100
/** Each may have 100,000 rows. */
const erasedAtOnce = 10

/** Opens the result of a run as its last checkpoint left it. Later rows are deleted: the next attempt finds them again. */
export async function openResult(
  tx: Transaction,
  { runId, accountId }: { runId: string; accountId: string },
): Promise<ResultOfRun> {
  await tx
    .insert(runResults)
    .values({ runId, previousRunId: await findPreviousRun(tx, runId, accountId) })
    .onConflictDoNothing()
  const [row] = await tx.select().from(runResults).where(eq(runResults.runId, runId)).for('update')
  if (!row) throw new Error('the row was inserted above')
  await tx.delete(runResultRows).where(and(eq(runResultRows.runId, runId), gte(runResultRows.position, row.rows)))
  return row
}

/** The last run of the same action with the same input that succeeded and has a result. */
async function findPreviousRun(tx: Transaction, runId: string, accountId: string): Promise<string | undefined> {
  const [self] = await tx.select().from(runs).where(eq(runs.id, runId))
  if (!self) return undefined
  const [previous] = await tx
    .select({ id: runs.id })
    .from(runs)
    .innerJoin(runResults, eq(runResults.runId, runs.id))
    .where(
      and(
        eq(runs.accountId, accountId),
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
  runId: string,
  change: Partial<Pick<ResultOfRun, 'rows' | 'columns' | 'chart' | 'detail'>>,
): Promise<void> {
  await tx.update(runResults).set(change).where(eq(runResults.runId, runId))
}

/** The result of a run, with the columns of the run that its readers need. */
export async function findResult(
  db: Database,
  runId: string,
): Promise<{ accountId: string; actionId: string; headline: Message | null; result: ResultOfRun | null } | undefined> {
  const [row] = await db
    .select({ accountId: runs.accountId, actionId: runs.actionId, headline: runs.headline, result: runResults })
    .from(runs)
    .leftJoin(runResults, eq(runResults.runId, runs.id))
    .where(eq(runs.id, runId))
  return row
}

/** Erases some results of an account; its runs stay as history. @returns whether there may be more */
export async function eraseResultsOf({ db }: InTransaction, accountId: string): Promise<boolean> {
  const { runId } = runResults
  const ofAccount = db
    .select({ runId })
    .from(runResults)
    .innerJoin(runs, eq(runs.id, runId))
    .where(eq(runs.accountId, accountId))
    .limit(erasedAtOnce)
  const deleted = await db.delete(runResults).where(inArray(runId, ofAccount)).returning({ runId })
  return deleted.length === erasedAtOnce
}

/** Deletes some results that are older than the settings allow. @returns whether there may be more */
export async function ageOutResults({ db, clock, config }: Context): Promise<boolean> {
  const old = db
    .select({ runId: runResults.runId })
    .from(runResults)
    .innerJoin(runs, eq(runs.id, runResults.runId))
    .where(lt(runs.endedAt, daysAgo(clock, config.retention.resultDays)))
    .limit(deletedAtOnce)
  const { runId } = runResults
  const deleted = await db.delete(runResults).where(inArray(runId, old)).returning({ runId })
  return deleted.length > 0
}
