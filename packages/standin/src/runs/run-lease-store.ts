import type { RunState } from '@standin/contracts'
import { and, eq, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm'
import { type AwaitingWork, isAccountStopped } from '../accounts/stopped-account-store.ts'
import type { Announcing } from '../context.ts'
import type { Database, Transaction } from '../database/database.ts'
import { isReplicaAnswering } from '../database/replica-store.ts'
import { announceRun } from './run-event-store.ts'
import { workingStates } from './run-lifecycle.ts'
import { isRun, type RunRow, wholeRun } from './run-store.ts'
import { type RunKey, runEvents, runs } from './run-table.ts'

/** Promoted, not ended, held by no replica and not set aside. The index `runs_due` has these, ordered by `urgency` and `dueAt`. */
export const isClaimable = and(
  isNotNull(runs.promotedAt),
  isNull(runs.endedAt),
  isNull(runs.replicaId),
  sql`(not ${runs.awaitsAccount} or ${runs.state} = 'cancelling')`,
)
/** Literals, as in the index `runs_working`: with parameters, PostgreSQL's generic plan could not use the index. */
const isWorkedOn = sql`${runs.state} in (${sql.raw(workingStates.map((state) => `'${state}'`).join())})`
const dueAt = sql`coalesce(${runs.waitingUntil}, ${runs.promotedAt})`
/** The index `runs_no_overlap` has at most one such run. It would refuse a whole claim because of one that was promoted too early. */
const overlapsAnother = sql`${runs.state} = 'queued' and not ${runs.mayOverlap} and coalesce((
  select true from ${runs} other where other.account_id = ${runs.accountId} and other.action_id = ${runs.actionId}
    and other.state in ('running', 'waiting', 'cancelling') and not other.may_overlap), false)`
/** One condition for the claim and for the query whether there is something to claim. */
const mayBeClaimed = and(isClaimable, sql`not (${overlapsAnother})`)
const isOfStopped = sql`${runs.state} <> 'cancelling' and ${isAccountStopped(runs.accountId)}`

export const awaitingRuns: AwaitingWork = {
  table: runs,
  key: sql`id`,
  isDue: sql`${isClaimable} and ${runs.state} <> 'cancelling' and ${dueAt} <= now()`,
  order: sql`urgency, ${dueAt}`,
}

/**
 * Claims due runs for a replica, each under a new epoch, so that late writes of an earlier worker are refused. Runs that a person
 * or a service waits for come before scheduled ones; those of a suspended account wait. Announces that they run.
 * @param only claims this run alone, if it is due
 */
export async function claimRuns(
  { db, notices }: Announcing<Database>,
  { replicaId, limit, only }: { replicaId: number; limit: number; only?: RunKey },
): Promise<RunRow[]> {
  const begins = sql`before in ('queued', 'waiting')`
  const rows = await db.execute(sql`
    with due as (
      select id as due_id, account_id as due_account_id, state as before from ${runs}
      where ${and(mayBeClaimed, sql`not (${isOfStopped})`, sql`${dueAt} <= now()`, only && isRun(only))}
      order by urgency, ${dueAt} limit ${limit} for update skip locked
    ), claimed as (
      update ${runs} set
        state = case when before = 'cancelling' then before else 'running' end,
        reason = case when before = 'cancelling' then reason end,
        waiting_until = null,
        replica_id = ${replicaId},
        epoch = epoch + 1,
        attempts = attempts + 1,
        crashes = crashes + (before in ('running', 'cancelling'))::int,
        started_at = coalesce(started_at, now()),
        last_seq = last_seq + (${begins})::int
      from due where account_id = due_account_id and id = due_id
      returning ${wholeRun.columns}, ${begins} as begins
    ), announced as (
      insert into ${runEvents} (account_id, run_id, seq, body)
      select account_id, id, last_seq, jsonb_build_object('type', 'state', 'state', state, 'waitingUntil', null, 'reason', reason,
        'headline', headline::jsonb)
      from claimed where begins
    )
    select * from claimed`)
  return rows.map((row) => {
    const run = wholeRun.read(row)
    if (row.begins) announceRun(notices, run)
    return run
  })
}

/** In how many milliseconds a run can be claimed, or, if its account is stopped, set aside. */
export const runsDue = sql`
  select extract(epoch from min(at) - now()) * 1000 from (values (0), (1)) each(urgency) cross join lateral (
    select ${dueAt} as at from ${runs} where ${mayBeClaimed} and urgency = each.urgency order by ${dueAt} limit 1) next`

/** 0 while a replica holds a run. */
export const runsHeld = sql`
  select 0 where exists (
    select from ${runs} where ${isWorkedOn} and ${isNotNull(runs.replicaId)})`

/** In how many milliseconds the next run becomes due; undefined if none waits. */
export async function msUntilNextDue(db: Database): Promise<number | undefined> {
  const first = db
    .select({ at: dueAt.as('at') })
    .from(runs)
    .where(and(mayBeClaimed, sql`${runs.urgency} = each.urgency`, sql`${dueAt} > now()`))
    .orderBy(dueAt)
    .limit(1)
  // The first of each urgency, in the order of the index.
  const [next] = await db.execute<{ ms: number | null }>(sql`
    select ceil(extract(epoch from min(at) - now()) * 1000)::float8 as ms
    from (values (0), (1)) each(urgency) cross join lateral ${first} next`)
  return next?.ms ?? undefined
}

/** A run as one worker holds it. Under a later epoch, another worker holds it. */
export type RunLease = RunKey & Pick<RunRow, 'epoch'>

/** A run that a replica holds. */
export type HeldRun = RunLease & { replicaId: number }

/**
 * The runs that a replica holds, and those of replicas that died or froze.
 * @param silentAfterMs a living replica is heard several times a second; one that was silent for this long is frozen
 */
export async function listHeldAndOrphaned(db: Database, replicaId: number, silentAfterMs = 5_000): Promise<HeldRun[]> {
  const { id, accountId, epoch } = runs
  return db
    .select({ id, accountId, epoch, replicaId: sql<number>`${runs.replicaId}` })
    .from(runs)
    .where(
      and(
        isWorkedOn,
        isNotNull(runs.replicaId),
        or(eq(runs.replicaId, replicaId), sql`not ${isReplicaAnswering(runs.replicaId, silentAfterMs)}`),
      ),
    )
}

/** Frees a run for the next worker. @returns whether this call freed it: of several replicas that try, one gets true */
export async function freeRun(db: Database, run: HeldRun): Promise<boolean> {
  const freed = await db
    .update(runs)
    .set({ replicaId: null })
    .where(and(isHeldUnder(run), eq(runs.replicaId, run.replicaId), isWorkedOn))
    .returning({ id: runs.id })
  return freed.length > 0
}

/**
 * Whether a worker still holds its run and may write. If so, no other worker claims the run before the transaction ends. After an
 * uninstall everything that was found is erased, so nothing may be written any more.
 */
export async function holdsRun(
  tx: Transaction,
  { states, ...lease }: RunLease & { states: RunState[] },
): Promise<boolean> {
  const [row] = await tx
    .select({ id: runs.id })
    .from(runs)
    .where(
      and(
        isHeldUnder(lease),
        inArray(runs.state, states),
        sql`${runs.reason} is distinct from 'INSTALLATION_UNINSTALLED'`,
      ),
    )
    .for('share')
  return row !== undefined
}

/** Writes what a worker changes while it works. @returns the run's state; undefined if the worker no longer holds it */
export async function updateRunningRun(
  db: Database,
  lease: RunLease,
  change: Partial<
    Pick<RunRow, 'progress' | 'steps' | 'headline' | 'incomplete' | 'checkpoint' | 'retries' | 'crashes'>
  >,
): Promise<RunState | undefined> {
  const [row] = await db
    .update(runs)
    .set(change)
    .where(and(isHeldUnder(lease), isWorkedOn))
    .returning({ state: runs.state })
  return row?.state
}

const isHeldUnder = (lease: RunLease) => and(isRun(lease), eq(runs.epoch, lease.epoch))
