import type { Destination, ErrorReason, Schedule } from '@standin/contracts'
import { and, asc, desc, eq, getTableColumns, lt, lte, not, or, sql } from 'drizzle-orm'
import type { SeenUser } from '../access/seen-users.ts'
import { type AwaitingWork, isAccountStopped } from '../accounts/stopped-account-store.ts'
import type { InTransaction } from '../context.ts'
import type { Database, Transaction } from '../database/database.ts'
import { isAmong } from '../database/is-among.ts'
import { refuseUnstorable } from '../runs/run-store.ts'
import { type RunKey, runs } from '../runs/run-table.ts'
import { awayMs, noticeMs } from './end-of-schedule.ts'
import { schedules } from './schedule-table.ts'
import { shownDestination } from './scheduled-destinations.ts'

export type ScheduleRow = typeof schedules.$inferSelect
export type ScheduleKey = Pick<ScheduleRow, 'id' | 'accountId'>
const awayS = sql.raw(`interval '${awayMs / 1_000} seconds'`)
const noticeS = sql.raw(`interval '${noticeMs / 1_000} seconds'`)

const isSchedule = ({ id, accountId }: ScheduleKey) => and(eq(schedules.accountId, accountId), eq(schedules.id, id))

export type ScheduleChange = Partial<Omit<ScheduleRow, 'id' | 'accountId' | 'actionId' | 'createdAt'>>

/** @throws StandinError `INPUT_INVALID` for text that cannot be stored */
export async function insertSchedule(tx: Transaction, row: typeof schedules.$inferInsert): Promise<ScheduleRow> {
  const [inserted] = await tx.insert(schedules).values(row).returning().catch(refuseUnstorable)
  if (!inserted) throw new Error('the insert returned no row')
  return inserted
}

/** @throws StandinError `INPUT_INVALID` for text that cannot be stored */
export async function updateScheduleRow(
  tx: Transaction,
  schedule: ScheduleKey,
  change: ScheduleChange,
): Promise<ScheduleRow> {
  const [updated] = await tx
    .update(schedules)
    .set(change)
    .where(isSchedule(schedule))
    .returning()
    .catch(refuseUnstorable)
  if (!updated) throw new Error('the schedule is gone although its row was locked')
  return updated
}

export async function findSchedule(db: Database, schedule: ScheduleKey): Promise<ScheduleRow | undefined> {
  const [row] = await db.select().from(schedules).where(isSchedule(schedule))
  return row
}

export async function lockSchedule(tx: Transaction, schedule: ScheduleKey): Promise<ScheduleRow | undefined> {
  const [row] = await tx.select().from(schedules).where(isSchedule(schedule)).for('update')
  return row
}

/** Serialises decisions about the number and density of an account's schedules, until the transaction ends. */
export async function lockSchedulesOf(tx: Transaction, accountId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`schedules ${accountId}`}, 0))`)
}

/** The state is a literal, as in the indexes of schedules: with a parameter, PostgreSQL's generic plan could not use them. */
const isActive = sql`${schedules.state} = 'active'`
/** The index `schedules_due` has these. */
const isDue = sql`${isActive} and not ${schedules.awaitsAccount} and ${schedules.dueAt} <= now()`
const isOfServed = sql`not ${isAccountStopped(schedules.accountId)}`

export const awaitingSchedules: AwaitingWork = { table: schedules, key: sql`id`, isDue, order: sql`due_at` }

/** 0 while a schedule is due. */
export const schedulesDue = sql`select 0 where exists (select from ${schedules} where ${isDue} and ${isOfServed})`

/** A schedule that is due and that no other replica is starting, locked until the transaction ends. A suspended account has none. */
export async function lockDueSchedule(tx: Transaction): Promise<ScheduleRow | undefined> {
  const [row] = await tx
    .select()
    .from(schedules)
    .where(and(isDue, isOfServed))
    .orderBy(asc(schedules.dueAt))
    .limit(1)
    .for('update', { skipLocked: true })
  return row
}

/** Removes a destination from the schedule that started a run. @returns the schedule's id; undefined without a match */
export async function dropDestination(
  tx: Transaction,
  { run, destination }: { run: RunKey; destination: Destination },
): Promise<string | undefined> {
  const dropped = sql`${JSON.stringify(destination)}::text::jsonb`
  const [row] = await tx.execute<{ id: string }>(sql`
    update ${schedules} schedule set deliver_to = coalesce(
      (select jsonb_agg(each) from jsonb_array_elements(schedule.deliver_to) each where each <> ${dropped}), '[]')
    from ${runs} run where run.account_id = ${run.accountId}::uuid and run.id = ${run.id}::uuid
      and schedule.account_id = run.account_id and schedule.id = run.schedule_id and schedule.deliver_to @> jsonb_build_array(${dropped})
    returning schedule.id`)
  return row?.id
}

/** After a restore: a run that seems due may have been started before. @returns how many */
export async function pauseRestoredSchedules(tx: Transaction): Promise<number> {
  const stopped = await tx
    .update(schedules)
    .set({ ...paused, reason: 'RESTORED' })
    .where(isActive)
    .returning({ id: schedules.id })
  return stopped.length
}

/** Schedules that a restore paused. @param accountId undefined: of all accounts */
export async function listRestoredSchedules(db: Database, accountId: string | undefined): Promise<ScheduleRow[]> {
  const ofAccount = accountId === undefined ? undefined : eq(schedules.accountId, accountId)
  return db
    .select()
    .from(schedules)
    .where(and(eq(schedules.state, 'paused'), eq(schedules.reason, 'RESTORED'), ofAccount))
    .orderBy(asc(schedules.accountId), asc(schedules.id))
}

export async function deleteScheduleRow(tx: Transaction, schedule: ScheduleKey): Promise<void> {
  await tx.delete(schedules).where(isSchedule(schedule))
}

/** @param within the only account to look at; without it, all, since services name a schedule by its id alone */
export async function accountOfSchedule(db: Database, id: string, within?: string): Promise<string | undefined> {
  const { accountId } = schedules
  const [row] = await db
    .select({ accountId })
    .from(schedules)
    .where(within === undefined ? eq(schedules.id, id) : isSchedule({ id, accountId: within }))
  return row?.accountId
}

export async function countSchedules(tx: Transaction, accountId: string): Promise<number> {
  return tx.$count(schedules, eq(schedules.accountId, accountId))
}

/** Newest first. @param before only schedules older than this one */
export async function listSchedules(
  db: Database,
  {
    accountId,
    withoutActions = [],
    before,
    limit,
  }: {
    accountId: string
    /** Leaves out the schedules of these actions. */
    withoutActions?: readonly string[]
    before?: { createdAt: Date; id: string } | undefined
    limit: number
  },
): Promise<ScheduleRow[]> {
  const { createdAt, id } = schedules
  return db
    .select()
    .from(schedules)
    .where(
      and(
        eq(schedules.accountId, accountId),
        not(isAmong(schedules.actionId, withoutActions)),
        before && or(lt(createdAt, before.createdAt), and(eq(createdAt, before.createdAt), lt(id, before.id))),
      ),
    )
    .orderBy(desc(createdAt), desc(id))
    .limit(limit)
}

export async function listActiveSchedules(db: Database, accountId: string): Promise<ScheduleRow[]> {
  return db
    .select()
    .from(schedules)
    .where(and(eq(schedules.accountId, accountId), isActive))
    .orderBy(asc(schedules.id)) // Several rows are locked in one order.
}

/**
 * Notes when the authors of schedules were last seen, and with which rights. One statement; locked rows are left for the next
 * time that the author is seen.
 * @returns the accounts of the schedules that changed
 */
export async function noteAuthorsSeen(db: Database, seen: readonly SeenUser[]): Promise<string[]> {
  const rows = await db.execute<{ account_id: string }>(sql`
    with seen as (
      select * from jsonb_to_recordset(${JSON.stringify(seen)}::text::jsonb) as seen(
        "accountId" uuid, id text, scopes jsonb, at timestamptz)
    ), changing as (
      select schedule.account_id, schedule.id, seen.scopes, seen.at + ${awayS} as ends_at
      from ${schedules} schedule join seen on schedule.account_id = seen."accountId"
        and schedule.created_by ->> 'kind' = 'user' and schedule.created_by ->> 'id' = seen.id
      where schedule.ends_at < seen.at + ${awayS} and (
        schedule.ends_at < seen.at + ${awayS} - interval '1 hour' or schedule.created_by -> 'scopes' is distinct from seen.scopes)
      for update of schedule skip locked
    )
    update ${schedules} schedule set
      created_by = schedule.created_by - 'scopes'
        || case when changing.scopes is null then '{}' else jsonb_build_object('scopes', changing.scopes) end,
      ends_at = changing.ends_at,
      notice_due_at = changing.ends_at - ${noticeS},
      reason = case when schedule.state = 'active' then null else schedule.reason end
    from changing where schedule.account_id = changing.account_id and schedule.id = changing.id
    returning schedule.account_id`)
  return [...new Set(rows.map(({ account_id }) => account_id))]
}

/** Accounts with active schedules that end by now. */
export async function listEndedAccounts(db: Database): Promise<string[]> {
  const rows = await db
    .selectDistinct({ accountId: schedules.accountId })
    .from(schedules)
    .where(and(isActive, lte(schedules.endsAt, sql`now()`)))
    .limit(1_000)
  return rows.map(({ accountId }) => accountId)
}

/** Claims a schedule whose end must be announced. It is due again after a while unless `finishNotice` is called. */
export async function claimDueNotice(
  db: Database,
  { againInMs }: { againInMs: number },
): Promise<ScheduleRow | undefined> {
  const due = db.$with('due').as(
    db
      .select({
        dueAccountId: sql`${schedules.accountId}`.as('due_account_id'),
        dueId: sql`${schedules.id}`.as('due_id'),
      })
      .from(schedules)
      .where(
        and(
          isActive,
          lte(schedules.endsAt, sql`now() + ${noticeS}`), // The index has these.
          lte(schedules.noticeDueAt, sql`now()`),
        ),
      )
      .orderBy(asc(schedules.endsAt))
      .limit(1)
      .for('update', { skipLocked: true }),
  )
  const [claimed] = await db
    .with(due)
    .update(schedules)
    .set({ reason: 'AUTHOR_AWAY', noticeDueAt: sql`now() + ${againInMs} * interval '1 millisecond'` })
    .from(due)
    .where(and(eq(schedules.accountId, due.dueAccountId), eq(schedules.id, due.dueId)))
    .returning(getTableColumns(schedules))
  return claimed
}

/** @returns false if the author was seen since, or another replica announces it */
export async function finishNotice(tx: Transaction, row: ScheduleRow): Promise<boolean> {
  const finished = await tx
    .update(schedules)
    .set({ noticeDueAt: null })
    .where(and(isSchedule(row), row.noticeDueAt ? eq(schedules.noticeDueAt, row.noticeDueAt) : undefined))
    .returning({ id: schedules.id })
  return finished.length > 0
}

export const paused = { state: 'paused', nextAt: null, dueAt: null } as const

/** Pauses the schedules of an account that uninstalled. */
export async function stopSchedulesOf({ db }: InTransaction, accountId: string): Promise<void> {
  await db
    .update(schedules)
    .set({ ...paused, reason: 'INSTALLATION_UNINSTALLED' })
    .where(and(eq(schedules.accountId, accountId), isActive))
}

/** An active schedule as it is shown while its account is stopped. It continues when the account is restored or resumed. */
export const whileStopped = (row: ScheduleRow, reason: ErrorReason): ScheduleRow =>
  row.state === 'active' ? { ...row, ...paused, reason } : row

/** A schedule as the API returns it. */
export function toSchedule({
  anchorAt: _,
  dueAt: __,
  noticeDueAt: ___,
  awaitsAccount: ____,
  nextAt,
  endsAt,
  createdBy,
  createdAt,
  ...row
}: ScheduleRow): Schedule {
  return {
    ...row,
    deliverTo: row.deliverTo.map(shownDestination),
    nextAt: nextAt?.toISOString() ?? null,
    endsAt: endsAt?.toISOString() ?? null,
    createdBy:
      createdBy.kind === 'user'
        ? { kind: 'user', id: createdBy.id, name: createdBy.name }
        : { kind: 'service', id: createdBy.service, name: createdBy.service },
    createdAt: createdAt.toISOString(),
  }
}
