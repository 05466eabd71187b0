import type { ErrorReason } from '@standin/contracts'
import type { ActionsContext } from '../actions/actions-context.ts'
import { record } from '../audit/record.ts'
import { type InTransaction, inTransaction } from '../context.ts'
import { byDatabaseClock } from '../database/database-clock.ts'
import { toRefusal } from '../refusal.ts'
import { acceptRun } from '../runs/accept-run.ts'
import type { RunRow } from '../runs/run-store.ts'
import { StandinError } from '../standin-error.ts'
import { isGraphqlRefused } from '../trackunit/rate-budget-store.ts'
import { checkAempPool } from './aemp-pool.ts'
import { actorFor, isHeld, pausesSchedule, scheduledAction } from './creator.ts'
import { nextTimes } from './next-times.ts'
import {
  listActiveSchedules,
  lockDueSchedule,
  paused,
  type ScheduleChange,
  type ScheduleRow,
  updateScheduleRow,
} from './schedule-store.ts'

/** After a failure that may pass. */
const tryAgainMs = 60_000
/** An earlier run is still working and another is waiting: this time is skipped. */
const isSkipped: ReadonlySet<ErrorReason> = new Set(['RUN_OVERLAPS', 'IDEMPOTENCY_KEY_REUSED'])

/**
 * Starts the run of one schedule that is due. Its row stays locked, and the run and the schedule's next time are written
 * together: it starts once, however many replicas look. Several missed times start one run.
 * @returns whether one was due
 */
export async function startDueSchedules(ctx: ActionsContext): Promise<boolean> {
  return inTransaction(ctx, async (processCtx) => {
    const row = await lockDueSchedule(processCtx.db)
    if (!row) return false
    const tx = await byDatabaseClock(processCtx)
    await updateScheduleRow(tx.db, row, await attempt(tx, row))
    return true
  })
}

type Tx = InTransaction<ActionsContext>

/** Starts the run, or records why it did not start. @returns the change to the schedule */
async function attempt(tx: Tx, row: ScheduleRow): Promise<ScheduleChange> {
  try {
    // In a savepoint: a failure undoes the run, not the change to the schedule.
    const run = await inTransaction(tx, (inner) => start(inner, row))
    return { lastRunId: run.id, ...nextTimeOf(tx, row) }
  } catch (error) {
    const { reason } = toRefusal(error)
    const details = { scheduleId: row.id, actionId: row.actionId, reason }
    const entry = { actor: actorFor(row), accountId: row.accountId, details }
    if (isSkipped.has(reason)) {
      await record(tx, { ...entry, event: 'schedule.left-out' })
      return nextTimeOf(tx, row)
    }
    if (pausesSchedule(reason) && !(await isHeld(tx, row.accountId, reason))) {
      await record(tx, { ...entry, event: 'schedule.paused' })
      return { ...paused, reason }
    }
    tx.log.error({ err: error, scheduleId: row.id, reason }, 'a scheduled run failed to start')
    return { dueAt: new Date(tx.clock.now().getTime() + tryAgainMs) }
  }
}

async function start(tx: Tx, row: ScheduleRow): Promise<RunRow> {
  const { id, accountId, input, deliverTo, timeZone, unitSystem, language, accountName, nextAt } = row
  const { action, readsWith } = await scheduledAction(tx, row)
  await checkPlan(tx, row)
  return acceptRun(tx, {
    action,
    readsWith,
    accountId,
    mode: 'apply',
    input,
    deliverTo,
    timeZone,
    unitSystem,
    language,
    accountName,
    scheduleId: id,
    idempotencyKey: `schedule ${id} ${nextAt?.toISOString()}`,
    startedBy: { kind: 'schedule', id, name: null },
    actor: actorFor(row),
  })
}

/**
 * Only a run reveals that an account's plan has no GraphQL. From then on its actions read the AEMP snapshot. If its schedules
 * would read it too often, the newer ones are paused.
 */
async function checkPlan(tx: Tx, row: ScheduleRow): Promise<void> {
  if (!(await isGraphqlRefused(tx.db, row.accountId))) return
  const others = (await listActiveSchedules(tx.db, row.accountId)).filter(({ createdAt }) => createdAt < row.createdAt)
  try {
    await checkAempPool(row, { others, hasGraphql: false, now: tx.clock.now(), findAction: tx.actions.find })
  } catch {
    throw new StandinError('PLAN_REQUIRED')
  }
}

function nextTimeOf({ clock }: Tx, row: ScheduleRow) {
  const [nextAt = null] = nextTimes(row, { after: clock.now(), count: 1 })
  return { nextAt, dueAt: nextAt }
}
