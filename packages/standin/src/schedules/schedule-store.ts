import type { Destination, Schedule } from '@standin/contracts'
import { and, asc, desc, eq, lt, lte, or, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import { refuseUnstorable } from '../runs/run-store.ts'
import { runs } from '../runs/run-table.ts'
import { type Creator, schedules } from './schedule-table.ts'

export type ScheduleRow = typeof schedules.$inferSelect

/** @throws StandinError `INPUT_INVALID` for text that cannot be stored */
export async function insertSchedule(tx: Transaction, row: typeof schedules.$inferInsert): Promise<ScheduleRow> {
  const [inserted] = await tx.insert(schedules).values(row).returning().catch(refuseUnstorable)
  if (!inserted) throw new Error('a row that was inserted comes back')
  return inserted
}

/** @throws StandinError `INPUT_INVALID` for text that cannot be stored */
export async function updateSchedule(
  tx: Transaction,
  scheduleId: string,
  change: Partial<Omit<ScheduleRow, 'id' | 'accountId' | 'actionId' | 'createdAt'>>,
): Promise<ScheduleRow> {
  const [updated] = await tx
    .update(schedules)
    .set(change)
    .where(eq(schedules.id, scheduleId))
    .returning()
    .catch(refuseUnstorable)
  if (!updated) throw new Error('the row was locked before')
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

/** One decision at a time about how many schedules an account has, and how dense, until the transaction ends. */
export async function lockSchedulesOf(tx: Transaction, accountId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`schedules ${accountId}`}, 0))`)
}

/** One schedule that is due and that no other replica is starting just now, locked until the transaction ends. */
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

/** Takes an address away from the schedule that started a run. @returns the schedule's id, where it had it */
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

export async function deleteSchedule(tx: Transaction, scheduleId: string): Promise<void> {
  await tx.delete(schedules).where(eq(schedules.id, scheduleId))
}

export async function accountOfSchedule(db: Database, scheduleId: string): Promise<string | undefined> {
  return (await findSchedule(db, scheduleId))?.accountId
}

export async function countSchedules(tx: Transaction, accountId: string): Promise<number> {
  return tx.$count(schedules, eq(schedules.accountId, accountId))
}

/** The newest first. @param before those that are older than this one */
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
    .orderBy(asc(schedules.id)) // Whoever locks several does so in one order.
}

export const paused = { state: 'paused', nextAt: null, dueAt: null } as const

/** Pauses all that an account has, because its installation ended. */
export async function stopSchedulesOf(tx: Transaction, accountId: string): Promise<void> {
  await tx
    .update(schedules)
    .set({ ...paused, reason: 'INSTALLATION_UNINSTALLED' })
    .where(and(eq(schedules.accountId, accountId), eq(schedules.state, 'active')))
}

/** The row as it goes over the wire. */
export function toSchedule(row: ScheduleRow): Schedule {
  const { id, accountId, actionId, input, recurrence, timeZone, unitSystem, deliverTo, state, reason, lastRunId } = row
  return {
    ...{ id, accountId, actionId, input, recurrence, timeZone, unitSystem, deliverTo, state, reason, lastRunId },
    nextAt: row.nextAt?.toISOString() ?? null,
    createdBy: shown(row.createdBy),
    createdAt: row.createdAt.toISOString(),
  }
}

const shown = (creator: Creator): Schedule['createdBy'] =>
  creator.kind === 'user'
    ? { kind: 'user', id: creator.id, name: creator.name }
    : { kind: 'service', id: creator.service, name: creator.service }
