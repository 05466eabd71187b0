import type { createScheduleInputSchema, Destination, Schedule, updateScheduleInputSchema } from '@standin/contracts'
import type { z } from 'zod'
import { actorOf, type Caller } from '../access/caller.ts'
import type { AllowedAction, AllowedActionDependencies } from '../actions/allowed-action.ts'
import type { AuditEvent } from '../audit/audit-kinds.ts'
import { record } from '../audit/record.ts'
import type { Clock } from '../clock.ts'
import type { Database, Transaction } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { isGraphqlRefused } from '../trackunit/rate-budget-store.ts'
import { checkAempPool } from './aemp-pool.ts'
import { creatorOf } from './creator.ts'
import { nextTimes } from './next-times.ts'
import {
  countSchedules,
  deleteSchedule,
  findSchedule,
  insertSchedule,
  listActiveSchedules,
  lockSchedule,
  lockSchedulesOf,
  paused,
  type ScheduleRow,
  toSchedule,
  updateSchedule,
} from './schedule-store.ts'

interface Dependencies {
  db: Database
  clock: Clock
  findAction: AllowedActionDependencies['findAction']
  allowedAction: AllowedAction
  /** @throws StandinError `INPUT_INVALID` for one that this server does not send to */
  checkDestinations: (deliverTo: readonly Destination[]) => void
}

type Given = z.output<typeof createScheduleInputSchema>
type Change = z.output<typeof updateScheduleInputSchema>
/** What a schedule starts, and when: all that is checked when it is made or changed. */
type Planned = Pick<
  ScheduleRow,
  'accountId' | 'actionId' | 'input' | 'recurrence' | 'timeZone' | 'deliverTo' | 'anchorAt'
>

const maxOnAccount = 100

/** What people and services do with schedules. Each call needs the right to the action itself. */
export function createManageSchedules({ db, clock, findAction, allowedAction, checkDestinations }: Dependencies) {
  /**
   * @returns its next time; null where the recurrence has ended
   * @throws StandinError `PREVIEW_REQUIRED` for an action that changes data: nobody would have seen its preview
   */
  async function check(caller: Caller, planned: Planned): Promise<Date | null> {
    const action = await allowedAction(caller, planned)
    if (action.changesData)
      throw new StandinError('PREVIEW_REQUIRED', {
        detail: 'It cannot be scheduled: somebody has to look at each preview.',
      })
    action.input.parse(planned.input)
    checkDestinations(planned.deliverTo)
    return nextTimes(planned, { after: clock.now(), count: 1 })[0] ?? null
  }

  /** Two that are made at the same moment must not both find room for one. */
  async function checkPool(tx: Transaction, planned: Planned, scheduleId?: string): Promise<void> {
    await lockSchedulesOf(tx, planned.accountId)
    const active = await listActiveSchedules(tx, planned.accountId)
    const others = active.filter(({ id }) => id !== scheduleId)
    const hasGraphql = !(await isGraphqlRefused(tx, planned.accountId))
    checkAempPool(planned, { others, hasGraphql, now: clock.now(), findAction })
  }

  /** Changes a schedule with its row locked, and leaves the audit row. */
  async function change(
    caller: Caller,
    { scheduleId, event }: { scheduleId: string; event: AuditEvent },
    to: (row: ScheduleRow, tx: Transaction) => Promise<Parameters<typeof updateSchedule>[2]>,
  ): Promise<Schedule> {
    return db.transaction(async (tx) => {
      const row = await lockSchedule(tx, scheduleId)
      if (!row) throw new StandinError('SCHEDULE_NOT_FOUND')
      const changed = await updateSchedule(tx, scheduleId, await to(row, tx))
      await tell(tx, caller, { event, row: changed })
      return toSchedule(changed)
    })
  }

  /** Looked at before a transaction: a check that waits for a connection must not hold one. */
  async function find(scheduleId: string): Promise<ScheduleRow> {
    const row = await findSchedule(db, scheduleId)
    if (!row) throw new StandinError('SCHEDULE_NOT_FOUND')
    return row
  }

  return {
    async create(caller: Caller, given: Given): Promise<Schedule> {
      const anchorAt = clock.now()
      const planned = { ...given, anchorAt }
      const nextAt = toCome(await check(caller, planned))
      return db.transaction(async (tx) => {
        await checkPool(tx, planned)
        if ((await countSchedules(tx, given.accountId)) >= maxOnAccount)
          throw new StandinError('INPUT_INVALID', {
            detail: `The account has ${maxOnAccount} schedules already. Delete one that is no longer needed.`,
          })
        const creator = { createdBy: creatorOf(caller), createdAt: anchorAt }
        const row = await insertSchedule(tx, { ...planned, ...creator, state: 'active', nextAt, dueAt: nextAt })
        await tell(tx, caller, { event: 'schedule.created', row })
        return toSchedule(row)
      })
    },

    async update(caller: Caller, { scheduleId, ...given }: Change): Promise<Schedule> {
      const isMoved = given.recurrence !== undefined || given.timeZone !== undefined
      const changed = { ...definedOf(given), ...(isMoved && { anchorAt: clock.now() }) }
      const nextAt = await check(caller, { ...(await find(scheduleId)), ...changed })
      if (isMoved) toCome(nextAt)
      return change(caller, { scheduleId, event: 'schedule.updated' }, async (row, tx) => {
        if (row.state === 'paused') return changed
        await checkPool(tx, { ...row, ...changed }, row.id)
        return isMoved ? { ...changed, nextAt, dueAt: nextAt } : changed
      })
    },

    async pause(caller: Caller, scheduleId: string): Promise<Schedule> {
      await checkMayStop(caller, await find(scheduleId))
      return change(caller, { scheduleId, event: 'schedule.paused' }, async () => ({ ...paused, reason: null }))
    },

    /** Whoever resumes a schedule answers for it from then on: its runs are started in their right. */
    async resume(caller: Caller, scheduleId: string): Promise<Schedule> {
      const nextAt = toCome(await check(caller, await find(scheduleId)))
      return change(caller, { scheduleId, event: 'schedule.resumed' }, async (row, tx) => {
        await checkPool(tx, row, row.id)
        return { state: 'active', reason: null, nextAt, dueAt: nextAt, createdBy: creatorOf(caller) }
      })
    },

    async delete(caller: Caller, scheduleId: string): Promise<void> {
      await checkMayStop(caller, await find(scheduleId))
      await db.transaction(async (tx) => {
        const row = await lockSchedule(tx, scheduleId)
        if (!row) throw new StandinError('SCHEDULE_NOT_FOUND')
        await deleteSchedule(tx, scheduleId)
        await tell(tx, caller, { event: 'schedule.deleted', row })
      })
    },
  }

  /** Stopping is allowed to whoever may start, also while the account is not served or the action is gone. */
  async function checkMayStop(caller: Caller, row: ScheduleRow): Promise<void> {
    try {
      await allowedAction(caller, row)
    } catch (error) {
      if (error instanceof StandinError && error.reason === 'SCOPE_FORBIDDEN') throw error
    }
  }
}

/** @throws StandinError `INPUT_INVALID` where the recurrence has ended */
function toCome(nextAt: Date | null): Date {
  if (!nextAt) throw new StandinError('INPUT_INVALID', { detail: 'The recurrence has no time to come.' })
  return nextAt
}

async function tell(
  tx: Transaction,
  caller: Caller,
  { event, row: { id, accountId, actionId, recurrence, timeZone, deliverTo } }: { event: AuditEvent; row: ScheduleRow },
): Promise<void> {
  const details = { scheduleId: id, actionId, recurrence, timeZone, deliverTo: deliverTo.map(({ kind }) => kind) }
  await record(tx, { actor: actorOf(caller), event, accountId, details })
}

type Defined<Given> = { [Name in keyof Given]?: Exclude<Given[Name], undefined> }

/** Only what was given: the rest stays as it is. */
function definedOf<Given extends object>(given: Given): Defined<Given> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Defined<Given>
}
