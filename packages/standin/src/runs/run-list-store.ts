import type { RunState } from '@standin/contracts'
import { and, desc, eq, inArray, lt, ne, or, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import { arrayParameter, isAmongGiven } from '../database/is-among.ts'
import { restoredAt } from '../database/restore-store.ts'
import { isClaimable } from './run-lease-store.ts'
import { openStates, runLifecycle } from './run-lifecycle.ts'
import { isRun, type RunRow, wholeRun } from './run-store.ts'
import { isReadWith, type RunKey, runEvents, runs } from './run-table.ts'

/** Whether a run exists and has not ended. */
export async function isOpenRun(db: Database, run: RunKey): Promise<boolean> {
  return (await db.$count(runs, and(isRun(run), inArray(runs.state, openStates)))) > 0
}

export interface RunListing {
  accountId: string
  actionId?: string | undefined
  /** Leaves out runs that were read with other scopes than these; undefined: none. */
  own?: readonly string[] | undefined
  scheduleId?: string | undefined
  previewRunId?: string | undefined
  states?: readonly RunState[] | undefined
  /** The newest runs that are older than this one. */
  before?: { createdAt: Date; id: string } | undefined
  limit: number
}

export async function listRuns(
  db: Database,
  { accountId, actionId, own, scheduleId, previewRunId, states, before, limit }: RunListing,
): Promise<RunRow[]> {
  return db
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.accountId, accountId),
        isAmongGiven(runs.actionId, actionId === undefined ? undefined : [actionId]),
        isReadWith(own),
        scheduleId === undefined ? undefined : eq(runs.scheduleId, scheduleId), // This has its own index.
        previewRunId === undefined ? undefined : eq(runs.previewRunId, previewRunId), // So has this.
        isAmongGiven(runs.state, states),
        isBefore(before),
      ),
    )
    .orderBy(desc(runs.createdAt), desc(runs.id))
    .limit(limit)
}

/** The same over all accounts, for operators: the newest of each state, as the index has them. */
export async function listRunsOfAll(
  db: Database,
  { states, before, limit }: Pick<RunListing, 'states' | 'before' | 'limit'>,
): Promise<RunRow[]> {
  const ofState = (state: RunState) => sql`(
    select ${wholeRun.columns} from ${runs} where ${and(eq(runs.state, state), isBefore(before))}
    order by created_at desc, id desc limit ${limit})`
  const rows = await db.execute(sql`
    select * from (${sql.join((states ?? allStates).map(ofState), sql` union all `)}) newest
    order by created_at desc, id desc limit ${limit}`)
  return rows.map(wholeRun.read)
}

const allStates = Object.keys(runLifecycle) as RunState[]

const isBefore = (before: RunListing['before']) =>
  before && or(lt(runs.createdAt, before.createdAt), and(eq(runs.createdAt, before.createdAt), lt(runs.id, before.id)))

/**
 * The last run of each of these actions that has ended, newest first.
 * @param own leaves out runs that were read with other scopes than these; undefined: none
 */
export function lastRunsOf(
  db: Database,
  accountId: string,
  actionIds: readonly string[],
  own?: readonly string[] | undefined,
) {
  return db
    .select()
    .from(runs)
    .where(
      sql`${runs.accountId} = ${accountId} and ${runs.id} = any(array(
        select last.id from unnest(${arrayParameter(actionIds, 'text')}) as action(id) cross join lateral (
          select ran.id from ${runs} ran
          where ran.account_id = ${accountId} and ran.action_id = action.id and ran.ended_at is not null
            and (${own === undefined}::boolean or ran.reads_with <@ (select ${arrayParameter(own ?? [], 'text')}))
          order by ran.ended_at desc limit 1
        ) last))`,
    )
    .orderBy(desc(runs.endedAt), desc(runs.id))
}

/** The last successful run of the same action, account, mode and input before this one, read with none but its scopes. */
export async function lastSucceededRun(
  db: Database,
  {
    id,
    accountId,
    actionId,
    mode,
    input,
    readsWith,
  }: Pick<RunRow, 'id' | 'accountId' | 'actionId' | 'mode' | 'input' | 'readsWith'>,
): Promise<Pick<RunRow, 'id' | 'accountId' | 'endedAt' | 'steps'> | undefined> {
  const { endedAt, steps } = runs
  const [row] = await db
    .select({ id: runs.id, accountId: runs.accountId, endedAt, steps })
    .from(runs)
    .where(
      and(
        eq(runs.accountId, accountId),
        eq(runs.actionId, actionId),
        eq(runs.mode, mode),
        eq(runs.input, input),
        isReadWith(readsWith),
        eq(runs.state, 'succeeded'),
        ne(runs.id, id),
      ),
    )
    .orderBy(desc(runs.createdAt), desc(runs.id))
    .limit(1)
  return row
}

/** Whether a run ended longer ago than this, by the database's clock. */
export async function isOlderThan(tx: Transaction, run: RunKey, ageMs: number): Promise<boolean> {
  const isOld = sql`${runs.endedAt} < now() - make_interval(secs => ${ageMs / 1_000})`
  return (await tx.$count(runs, and(isRun(run), isOld))) > 0
}

/**
 * The longest time, in seconds, that a run has been due without a worker, or worked on without an event. Reads only promoted
 * runs. For the metrics.
 */
export async function oldestRunWithoutProgressS(db: Database): Promise<number> {
  const [row] = await db.execute<{ seconds: number }>(sql`
    select coalesce(extract(epoch from now() - min(since)), 0)::float8 as seconds from (
      -- Of each urgency, as the index has them: runs may wait in great number for a later moment.
      select next.since from (values (0), (1)) each(urgency) cross join lateral (
        select coalesce(waiting_until, promoted_at) as since from ${runs}
        where ${isClaimable} and urgency = each.urgency
          and coalesce(waiting_until, promoted_at) <= now()
        order by coalesce(waiting_until, promoted_at) limit 1) next
      union all
      select coalesce((
        select at from ${runEvents} event where event.account_id = working.account_id and event.run_id = working.id
        order by seq desc limit 1), started_at)
      from ${runs} working where state in ('running', 'cancelling')
    ) still`)
  return Math.max(0, row?.seconds ?? 0)
}

/** Whether the database was restored since a run was accepted. */
export async function isFromBeforeRestore(tx: Transaction, run: RunKey): Promise<boolean> {
  return (await tx.$count(runs, and(isRun(run), sql`${runs.createdAt} <= ${restoredAt}`))) > 0
}

/** Runs that apply a preview's changes, the newest first. */
export async function listAppliedRuns(tx: Transaction, { id, accountId }: RunKey): Promise<RunRow[]> {
  return tx
    .select()
    .from(runs)
    .where(and(eq(runs.accountId, accountId), eq(runs.previewRunId, id)))
    .orderBy(desc(runs.createdAt), desc(runs.id))
}

/** The median time that runs of an action took, in seconds; null if there is none. */
export interface UsualTimes {
  preview: number | null
  apply: number | null
  /** For each change, of runs that applied a preview. */
  perChange: number | null
}

/** By action: from the last runs of an account that succeeded, at most ten previews and ten others. */
export async function usualTimesOf(db: Database, accountId: string): Promise<Map<string, UsualTimes>> {
  const rows = await db.execute<{ action_id: string } & Record<keyof UsualTimes, number | null>>(sql`
    select action_id,
      round(percentile_cont(0.5) within group (order by took) filter (where mode = 'preview'))::int as preview,
      round(percentile_cont(0.5) within group (order by took) filter (where mode = 'apply'))::int as apply,
      percentile_cont(0.5) within group (order by took / nullif(done, 0))
        filter (where preview_run_id is not null)::float as "perChange"
    from (
      select action_id, mode, preview_run_id, extract(epoch from ended_at - started_at) as took,
        (progress ->> 'done')::numeric as done,
        row_number() over (partition by action_id, mode order by created_at desc) as nth
      from (
        select * from ${runs} where account_id = ${accountId} and state = 'succeeded' and started_at is not null
        order by created_at desc, id desc limit 200
      ) newest
    ) last where nth <= 10 group by action_id`)
  return new Map(rows.map(({ action_id, ...times }) => [action_id, times]))
}

/**
 * Runs that have not ended, by state; states without a run have 0.
 * @param countedTo of more runs in a state, this many are counted: 100,000 take 10 ms
 */
export async function countOpenRunsByState(
  db: Database,
  { countedTo = 100_000 } = {},
): Promise<Record<string, number>> {
  // The states stand in the text, so that PostgreSQL knows that few runs are in them, and does not read all.
  const counts = openStates.map(
    (state) => sql`(
      select count(*)::int from (
        select from ${runs} counted where state = ${sql.raw(`'${state}'`)} limit ${sql.raw(String(countedTo))}) few
    ) as ${sql.identifier(state)}`,
  )
  const [row] = await db.execute<Record<string, number>>(sql`select ${sql.join(counts, sql`, `)}`)
  return { ...row }
}
