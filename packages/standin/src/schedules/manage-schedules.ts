import type { createScheduleInputSchema, Schedule, updateScheduleInputSchema } from '@standin/contracts'
import type { z } from 'zod'
import { actorOf, type Caller } from '../access/caller.ts'
import { shareInstallation } from '../accounts/stopped-account-store.ts'
import type { ActionsContext } from '../actions/actions-context.ts'
import { accountAllowsIfServed, allowedAction } from '../actions/allowed-action.ts'
import { checkDestinations } from '../actions/check-destinations.ts'
import { checkInput } from '../actions/check-input.ts'
import type { AuditEvent } from '../audit/audit-kinds.ts'
import { record } from '../audit/record.ts'
import { type InTransaction, inTransaction } from '../context.ts'
import { byDatabaseClock } from '../database/database-clock.ts'
import { StandinError } from '../standin-error.ts'
import { isGraphqlRefused } from '../trackunit/rate-budget-store.ts'
import { checkAempPool } from './aemp-pool.ts'
import { creatorOf } from './creator.ts'
import { endOf } from './end-of-schedule.ts'
import { timesToShow } from './next-times.ts'
import {
  countSchedules,
  deleteScheduleRow,
  findSchedule,
  insertSchedule,
  listActiveSchedules,
  lockSchedule,
  lockSchedulesOf,
  paused,
  type ScheduleChange,
  type ScheduleKey,
  type ScheduleRow,
  toSchedule,
  updateScheduleRow,
} from './schedule-store.ts'
import { scheduledDestinations } from './scheduled-destinations.ts'
import { shownSchedule } from './shown-schedule.ts'

type Tx = InTransaction<ActionsContext>
/** What a schedule starts, and when: everything that is checked when it is created or changed. */
type Planned = Pick<
  ScheduleRow,
  'accountId' | 'actionId' | 'input' | 'recurrence' | 'timeZone' | 'deliverTo' | 'anchorAt'
>

const maxOnAccount = 100

export async function createSchedule(
  processCtx: ActionsContext,
  caller: Caller,
  input: z.output<typeof createScheduleInputSchema>,
): Promise<Schedule> {
  const ctx = await byDatabaseClock(processCtx)
  const anchorAt = ctx.clock.now()
  const planned = { ...input, deliverTo: scheduledDestinations(input.deliverTo), anchorAt }
  const nextAt = upcoming(await checkPlanned(ctx, caller, planned))
  return inTransaction(ctx, async (tx) => {
    await holdServed(tx, input.accountId)
    await checkPool(tx, planned)
    if ((await countSchedules(tx.db, input.accountId)) >= maxOnAccount)
      throw refused(`The account already has ${maxOnAccount} schedules. Delete one that is no longer needed.`)
    const created = { createdBy: creatorOf(caller), createdAt: anchorAt, ...endOf(caller, anchorAt) }
    const row = await insertSchedule(tx.db, { ...planned, ...created, state: 'active', nextAt, dueAt: nextAt })
    await recordChange(tx, caller, 'schedule.created', row)
    return toSchedule(row)
  })
}

export async function updateSchedule(
  processCtx: ActionsContext,
  caller: Caller,
  schedule: ScheduleKey,
  { deliverTo, ...input }: Omit<z.output<typeof updateScheduleInputSchema>, 'scheduleId'>,
): Promise<Schedule> {
  const ctx = await byDatabaseClock(processCtx)
  const isMoved = input.recurrence !== undefined || input.timeZone !== undefined
  const changeOf = (row: ScheduleRow) => ({
    ...definedOf(input),
    ...(deliverTo && { deliverTo: scheduledDestinations(deliverTo, row.deliverTo) }),
    ...(isMoved && { anchorAt: ctx.clock.now() }),
  })
  const before = await existing(ctx, schedule)
  const nextAt = await checkPlanned(ctx, caller, { ...before, ...changeOf(before) }, before)
  if (isMoved) upcoming(nextAt)
  return changeSchedule(ctx, caller, { schedule, event: 'schedule.updated' }, async (tx, row) => {
    const changed = changeOf(row)
    if (row.state === 'paused') return changed
    await checkPool(tx, { ...row, ...changed }, row.id)
    return isMoved ? { ...changed, nextAt, dueAt: nextAt } : changed
  })
}

export async function pauseSchedule(ctx: ActionsContext, caller: Caller, schedule: ScheduleKey): Promise<Schedule> {
  await checkMayStop(ctx, caller, await existing(ctx, schedule))
  const to = async () => ({ ...paused, reason: null })
  return changeSchedule(ctx, caller, { schedule, event: 'schedule.paused' }, to)
}

/** The caller becomes the schedule's creator: from now on its runs start with the caller's rights. */
export async function resumeSchedule(
  processCtx: ActionsContext,
  caller: Caller,
  schedule: ScheduleKey,
): Promise<Schedule> {
  const ctx = await byDatabaseClock(processCtx)
  const before = await existing(ctx, schedule)
  const nextAt = upcoming(await checkPlanned(ctx, caller, before, before))
  return changeSchedule(ctx, caller, { schedule, event: 'schedule.resumed', before: holdServed }, async (tx, row) => {
    await checkPool(tx, row, row.id)
    const createdBy = { createdBy: creatorOf(caller), ...endOf(caller, tx.clock.now()) }
    return { state: 'active', reason: null, nextAt, dueAt: nextAt, ...createdBy }
  })
}

export async function deleteSchedule(ctx: ActionsContext, caller: Caller, schedule: ScheduleKey): Promise<void> {
  await checkMayStop(ctx, caller, await existing(ctx, schedule))
  await inTransaction(ctx, async (tx) => {
    const row = await lockSchedule(tx.db, schedule)
    if (!row) throw new StandinError('SCHEDULE_NOT_FOUND')
    await deleteScheduleRow(tx.db, schedule)
    await recordChange(tx, caller, 'schedule.deleted', row)
  })
}

/** Changes a schedule while its row is locked, and records it. */
async function changeSchedule(
  ctx: ActionsContext,
  caller: Caller,
  { schedule, event, before }: { schedule: ScheduleKey; event: AuditEvent; before?: typeof holdServed },
  to: (tx: Tx, row: ScheduleRow) => Promise<ScheduleChange>,
): Promise<Schedule> {
  return inTransaction(ctx, async (tx) => {
    await before?.(tx, schedule.accountId)
    const row = await lockSchedule(tx.db, schedule)
    if (!row) throw new StandinError('SCHEDULE_NOT_FOUND')
    const changed = await updateScheduleRow(tx.db, schedule, await to(tx, row))
    await recordChange(tx, caller, event, changed)
    return shownSchedule(ctx, changed)
  })
}

/**
 * Keeps the account as it is until the transaction ends, so that an uninstall comes before the schedule or pauses it. Before
 * the schedule's row, as an uninstall takes them.
 * @throws StandinError with the reason why the account is not served
 */
async function holdServed(tx: Tx, accountId: string): Promise<void> {
  await shareInstallation(tx.db, accountId)
  await accountAllowsIfServed(tx, accountId, (reason) => reason === 'CREDENTIALS_PENDING')
}

/** Read before the transaction: the checks that follow may wait for a second connection. */
async function existing({ db }: ActionsContext, schedule: ScheduleKey): Promise<ScheduleRow> {
  const row = await findSchedule(db, schedule)
  if (!row) throw new StandinError('SCHEDULE_NOT_FOUND')
  return row
}

/**
 * @returns the next time; null if the recurrence has ended
 * @throws StandinError `PREVIEW_REQUIRED` for an action that changes data, since its preview must be reviewed
 */
async function checkPlanned(
  ctx: ActionsContext,
  caller: Caller,
  planned: Planned,
  before?: ScheduleRow,
): Promise<Date | null> {
  const { action } = await allowedAction(ctx, caller, planned)
  if (action.changesData)
    throw new StandinError('PREVIEW_REQUIRED', {
      detail: 'It cannot be scheduled: a person has to review each preview.',
    })
  checkInput(action, planned.input)
  const { accountId, deliverTo } = planned
  await checkDestinations(ctx, deliverTo, { caller, accountId, before: before?.deliverTo ?? [] })
  return timesToShow(planned, ctx.clock.now())[0] ?? null
}

/** Under a lock: two schedules created at the same time must not both take the last of the pool. */
async function checkPool(tx: Tx, planned: Planned, scheduleId?: string): Promise<void> {
  await lockSchedulesOf(tx.db, planned.accountId)
  const others = (await listActiveSchedules(tx.db, planned.accountId)).filter(({ id }) => id !== scheduleId)
  const hasGraphql = !(await isGraphqlRefused(tx.db, planned.accountId))
  await checkAempPool(planned, { others, hasGraphql, now: tx.clock.now(), findAction: tx.actions.find })
}

/** A caller who may start a schedule may stop it, also while the account is not served or the action is gone. */
async function checkMayStop(ctx: ActionsContext, caller: Caller, row: ScheduleRow): Promise<void> {
  try {
    await allowedAction(ctx, caller, row)
  } catch (error) {
    if (error instanceof StandinError && error.reason === 'SCOPE_FORBIDDEN') throw error
  }
}

function upcoming(nextAt: Date | null): Date {
  if (!nextAt) throw refused('The recurrence has no future time.')
  return nextAt
}

const refused = (detail: string) => new StandinError('INPUT_INVALID', { detail })

async function recordChange(tx: Tx, caller: Caller, event: AuditEvent, row: ScheduleRow): Promise<void> {
  const { id: scheduleId, accountId, actionId, recurrence, timeZone } = row
  const deliverTo = row.deliverTo.map(({ kind }) => kind)
  const details = { scheduleId, actionId, recurrence, timeZone, deliverTo }
  await record(tx, { actor: actorOf(caller), event, accountId, details })
}

type Defined<Input> = { [Name in keyof Input]?: Exclude<Input[Name], undefined> }

/** The fields that were given; the others stay as they are. */
function definedOf<Input extends object>(input: Input): Defined<Input> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Defined<Input>
}
