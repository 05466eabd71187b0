import type { Destination, Schedule } from '@standin/contracts'
import { and, asc, desc, eq, lt, lte, or, sql } from 'drizzle-orm'
import type { InTransaction } from '../context.ts'
import type { Database, Transaction } from '../database/database.ts'
import { refuseUnstorable } from '../runs/run-store.ts'
import { runs } from '../runs/run-table.ts'
import { schedules } from './schedule-table.ts'
import { shownDestination } from './scheduled-destinations.ts'

export type ScheduleRow = typeof schedules.$inferSelect
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
  scheduleId: string,
  change: ScheduleChange,
): Promise<ScheduleRow> {
  const [updated] = await tx
    .update(schedules)
    .set(change)
    .where(eq(schedules.id, scheduleId))
    .returning()
    .catch(refuseUnstorable)
  if (!updated) throw new Error('the schedule is gone although its row was locked')
  return updated
}

export async function findSchedule(db: Database, scheduleId: string): Promise<ScheduleRow | undefined> {
  const [row] = await db.select().from(schedules).where(eq(schedules.id, scheduleId))
  return row
}

export async function lockSchedule(tx: Transaction, scheduleId: string): Promise<ScheduleRow | undefined> {
  const [row] = await tx.select().from(schedules).where(eq(schedules.id, scheduleId)).for('update')
  return row
}

/** Serialises decisions about the number and density of an account's schedules, until the transaction ends. */
export async function lockSchedulesOf(tx: Transaction, accountId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`schedules ${accountId}`}, 0))`)
}

/** A schedule that is due and that no other replica is starting, locked until the transaction ends. */
export async function lockDueSchedule(tx: Transaction, now: Date): Promise<ScheduleRow | undefined> {
  const [row] = await tx
    .select()
    .from(schedules)
    .where(and(eq(schedules.state, 'active'), lte(schedules.dueAt, now)))
    .orderBy(asc(schedules.dueAt))
    .limit(1)
    .for('update', { skipLocked: true })
  return row
}

/** Removes a destination from the schedule that started a run. @returns the schedule's id; undefined without a match */
export async function dropDestination(
  tx: Transaction,
  { runId, destination }: { runId: string; destination: Destination },
): Promise<string | undefined> {
  const dropped = sql`${JSON.stringify(destination)}::text::jsonb`
  const [row] = await tx.execute<{ id: string }>(sql`
    update ${schedules} schedule set deliver_to = coalesce(
      (select jsonb_agg(each) from jsonb_array_elements(schedule.deliver_to) each where each <> ${dropped}), '[]')
    from ${runs} run where run.id = ${runId}::uuid and schedule.id = run.schedule_id and schedule.deliver_to @> jsonb_build_array(${dropped})
    returning schedule.id`)
  return row?.id
}

export async function deleteScheduleRow(tx: Transaction, scheduleId: string): Promise<void> {
  await tx.delete(schedules).where(eq(schedules.id, scheduleId))
}

export async function accountOfSchedule(db: Database, scheduleId: string): Promise<string | undefined> {
  return (await findSchedule(db, scheduleId))?.accountId
}

export async function countSchedules(tx: Transaction, accountId: string): Promise<number> {
  return tx.$count(schedules, eq(schedules.accountId, accountId))
}

/** Newest first. @param before only schedules older than this one */
export async function listSchedules(
  db: Database,
  {
    accountId,
    before,
    limit,
  }: { accountId: string; before?: { createdAt: Date; id: string } | undefined; limit: number },
): Promise<ScheduleRow[]> {
  const { createdAt, id } = schedules
  return db
    .select()
    .from(schedules)
    .where(
      and(
        eq(schedules.accountId, accountId),
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
    .where(and(eq(schedules.accountId, accountId), eq(schedules.state, 'active')))
    .orderBy(asc(schedules.id)) // Several rows are locked in one order.
}

export const paused = { state: 'paused', nextAt: null, dueAt: null } as const

/** Pauses the schedules of an account that uninstalled. */
export async function stopSchedulesOf({ db }: InTransaction, accountId: string): Promise<void> {
  await db
    .update(schedules)
    .set({ ...paused, reason: 'INSTALLATION_UNINSTALLED' })
    .where(and(eq(schedules.accountId, accountId), eq(schedules.state, 'active')))
}

/** A schedule as the API returns it. */
export function toSchedule({ anchorAt: _, dueAt: __, nextAt, createdBy, createdAt, ...row }: ScheduleRow): Schedule {
  return {
    ...row,
    deliverTo: row.deliverTo.map(shownDestination),
    nextAt: nextAt?.toISOString() ?? null,
    createdBy:
      createdBy.kind === 'user'
        ? { kind: 'user', id: createdBy.id, name: createdBy.name }
        : { kind: 'service', id: createdBy.service, name: createdBy.service },
    createdAt: createdAt.toISOString(),
  }
}
