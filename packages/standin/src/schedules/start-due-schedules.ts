import type { ErrorReason } from '@standin/contracts'
import type { AnyAction } from '../actions/define-action.ts'
import type { AuditEvent } from '../audit/audit-kinds.ts'
import { record } from '../audit/record.ts'
import type { Clock } from '../clock.ts'
import type { Database, Transaction } from '../database/database.ts'
import type { Logger } from '../observability/logger.ts'
import { toRefusal } from '../refusal.ts'
import { acceptRun } from '../runs/accept-run.ts'
import type { RunQueue } from '../runs/run-queue.ts'
import { StandinError } from '../standin-error.ts'
import { isGraphqlRefused } from '../trackunit/rate-budget-store.ts'
import { checkAempPool } from './aemp-pool.ts'
import { actorFor } from './creator.ts'
import { nextTimes } from './next-times.ts'
import { pausesSchedule, type RightOfSchedule } from './schedule-right.ts'
import { listActiveSchedules, lockDueSchedule, paused, type ScheduleRow, updateSchedule } from './schedule-store.ts'

interface Dependencies {
  db: Database
  queue: RunQueue
  clock: Clock
  log: Logger
  rightOf: RightOfSchedule
  findAction: (actionId: string) => AnyAction | undefined
}

/** After a failure that passes by itself. */
const tryAgainMs = 60_000
/** The run of the time before still goes on, and another waits: this time is left out. */
const leftOut: ReadonlySet<ErrorReason> = new Set(['RUN_OVERLAPS', 'IDEMPOTENCY_KEY_REUSED'])

/**
 * Starts the run of one schedule that is due. Its row is locked meanwhile, and the run and the schedule's next time are
 * written together: however many replicas look, it starts once. Times that were missed start one run.
 * @returns whether there was one
 */
export function createStartDueSchedules(dependencies: Dependencies) {
  const { db, queue, clock, log, rightOf, findAction } = dependencies

  async function start(tx: Transaction, row: ScheduleRow): Promise<string> {
    const { id, accountId, input, deliverTo, timeZone, unitSystem, nextAt } = row
    const action = await rightOf(row)
    await checkPlan(tx, row)
    const run = await tx.transaction((inner) =>
      acceptRun(inner, queue, action, {
        ...{ accountId, input, deliverTo, timeZone, unitSystem, mode: 'apply', scheduleId: id },
        idempotencyKey: `schedule ${id} ${nextAt?.toISOString()}`,
        startedBy: { kind: 'schedule', id, name: null },
        actor: actorFor(row),
      }),
    )
    return run.id
  }

  /**
   * That an account's plan lacks GraphQL is known after a run tried it: only then is it seen that a schedule reads the AEMP
   * snapshot, and more often than may be. Of several the younger ones give way.
   */
  async function checkPlan(tx: Transaction, row: ScheduleRow): Promise<void> {
    if (!(await isGraphqlRefused(tx, row.accountId))) return
    const older = (await listActiveSchedules(tx, row.accountId)).filter(({ createdAt }) => createdAt < row.createdAt)
    try {
      checkAempPool(row, { others: older, hasGraphql: false, now: clock.now(), findAction })
    } catch {
      throw new StandinError('PLAN_REQUIRED')
    }
  }

  /** The schedule after an attempt to start it, and how that is told where it is not told as a run. */
  async function attempt(tx: Transaction, row: ScheduleRow): Promise<Parameters<typeof updateSchedule>[2]> {
    try {
      const lastRunId = await start(tx, row)
      return { lastRunId, ...(await nextOf(row)) }
    } catch (error) {
      const { reason } = toRefusal(error)
      const details = { scheduleId: row.id, actionId: row.actionId, reason }
      const tell = (event: AuditEvent) => record(tx, { actor: actorFor(row), event, accountId: row.accountId, details })
      if (leftOut.has(reason)) {
        await tell('schedule.left-out')
        return nextOf(row)
      }
      if (pausesSchedule(reason)) {
        await tell('schedule.paused')
        return { ...paused, reason }
      }
      log.error({ err: error, scheduleId: row.id, reason }, 'a schedule did not start')
      return { dueAt: new Date(clock.now().getTime() + tryAgainMs) }
    }
  }

  async function nextOf(row: ScheduleRow) {
    const [nextAt = null] = nextTimes(row, { after: clock.now(), count: 1 })
    return { nextAt, dueAt: nextAt }
  }

  return async (): Promise<boolean> =>
    db.transaction(async (tx) => {
      const row = await lockDueSchedule(tx, clock.now())
      if (!row) return false
      await updateSchedule(tx, row.id, await attempt(tx, row))
      return true
    })
}
