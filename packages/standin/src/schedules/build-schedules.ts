import { findServiceByKeyId } from '../access/access-store.ts'
import { type AllowedActionDependencies, createAllowedAction } from '../actions/allowed-action.ts'
import { startBackgroundLoop } from '../background-loop.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { Listener } from '../database/listen.ts'
import type { Logger } from '../observability/logger.ts'
import type { RunQueue } from '../runs/run-queue.ts'
import { createManageSchedules } from './manage-schedules.ts'
import { createReviewSchedules } from './review-schedules.ts'
import { createRightOfSchedule } from './schedule-right.ts'
import { createStartDueSchedules } from './start-due-schedules.ts'

interface Given extends AllowedActionDependencies {
  db: Database
  queue: RunQueue
  clock: Clock
  log: Logger
  listener: Pick<Listener, 'on'>
  closers: Array<() => Promise<unknown>>
  checkDestinations: Parameters<typeof createManageSchedules>[0]['checkDestinations']
}

const lookEveryMs = 1_000

/** What starts runs by schedules, and what people do with schedules. */
export function buildSchedules({ closers, findAction, scopesOf, checkDestinations, ...given }: Given) {
  const { db, clock, log, listener } = given
  const allowedAction = createAllowedAction({ findAction, scopesOf })
  const rightOf = createRightOfSchedule({
    allowedAction,
    findServiceByKeyId: async (keyId) => (await findServiceByKeyId(db, keyId))?.caller,
  })
  const startDue = createStartDueSchedules({ ...given, rightOf, findAction })
  const review = createReviewSchedules({ db, rightOf })
  return {
    manage: createManageSchedules({ db, clock, findAction, allowedAction, checkDestinations }),
    async startStarting(): Promise<void> {
      closers.push(startBackgroundLoop(startDue, { everyMs: lookEveryMs, log, name: 'start-schedules' }).stop)
      await listener.on('installation_changed', (accountId) => {
        review(accountId).catch((error: unknown) => log.error({ err: error, accountId }, 'reviewing schedules'))
      })
    },
  }
}
