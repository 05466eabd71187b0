import { type Actor, record } from '../audit/record.ts'
import type { Clock } from '../clock.ts'
import type { Secret } from '../config/secret.ts'
import type { Database, Transaction } from '../database/database.ts'
import type { Logger } from '../observability/logger.ts'
import { traced } from '../observability/traced.ts'
import { appendEvent } from '../runs/run-event-store.ts'
import { dropDestination } from '../schedules/schedule-store.ts'
import { attachedFile } from './attached-file.ts'
import { type Outcome, pauseBeforeNextTry } from './delivery-outcome.ts'
import {
  countTries,
  type DeliveryRow,
  settleDelivery,
  shownAddress,
  takeDueDelivery,
  toDelivery,
} from './delivery-store.ts'
import { emailOf } from './email-of-result.ts'
import type { findResultToTell } from './find-result-to-tell.ts'
import { webhookBodyOf } from './result-message.ts'
import type { SendEmail } from './send-email.ts'
import type { SendWebhook } from './send-webhook.ts'

interface Dependencies {
  db: Database
  clock: Clock
  log: Logger
  findResult: (runId: string) => ReturnType<typeof findResultToTell>
  /** Undefined: this server sends no email. */
  sendEmail: SendEmail | undefined
  sendWebhook: SendWebhook
  signingSecretOf: (accountId: string) => Promise<Secret>
  appName: string
  managerUrl: string
}

const actor: Actor = { kind: 'system', id: 'delivery' }
/** Longer than the longest try takes. */
const leaseMs = 5 * 60_000
/** Tries of one account in an hour: whoever can enter an address must not flood it with our mail. */
const triesPerHour = 100
const partStays = 'What was found by then is in Manager.'
const hourMs = 3_600_000
const waitForRoomMs = 5 * 60_000

/**
 * Tries one delivery that is due. It may come twice, where a process dies after it was sent; it then carries the same id.
 * @returns whether there was one
 */
export function createDeliverDue(dependencies: Dependencies) {
  const { db, clock, log, findResult, sendEmail, sendWebhook, signingSecretOf, appName, managerUrl } = dependencies

  async function send({ runId, position, accountId, destination }: DeliveryRow): Promise<Outcome> {
    const found = await findResult(runId)
    if (!found) return { kind: 'refused', because: 'The result is no longer kept.' }
    const { told, batches } = found
    const id = `${runId}/${position}`
    if (destination.kind === 'webhook') {
      const secret = await signingSecretOf(accountId)
      return sendWebhook({ id, url: destination.url, body: webhookBodyOf(told), secret })
    }
    if (!sendEmail) return { kind: 'refused', because: 'This server sends no email.' }
    const isWhole = told.run.state === 'succeeded'
    const wantsFile = destination.file !== 'none' && told.totalRows > 0 && isWhole
    const file = wantsFile
      ? await attachedFile(told, { format: destination.file as 'csv' | 'xlsx', batches })
      : undefined
    const isTooLarge = wantsFile && !file
    const left = isTooLarge ? 'The file is too large for an email; it is in Manager.' : isWhole ? undefined : partStays
    return sendEmail({ id, to: destination.address, ...emailOf(told, { appName, managerUrl, left }), attachment: file })
  }

  /** Writes it, and tells it to the run's watchers. */
  async function change(
    tx: Transaction,
    taken: DeliveryRow,
    to: Parameters<typeof settleDelivery>[2],
  ): Promise<DeliveryRow | undefined> {
    const row = await settleDelivery(tx, taken, to)
    if (row) await appendEvent(tx, row.runId, { type: 'delivery', delivery: toDelivery(row) })
    return row
  }

  async function settle(taken: DeliveryRow, outcome: Outcome): Promise<void> {
    const pauseMs = pauseBeforeNextTry(outcome, taken.attempts)
    const now = clock.now()
    await db.transaction(async (tx) => {
      const isOver = pauseMs === undefined
      const row = await change(tx, taken, {
        state: outcome.kind === 'delivered' ? 'delivered' : isOver ? 'failed' : 'waiting',
        reason: outcome.kind === 'delivered' ? null : 'DELIVERY_FAILED',
        nextTryAt: isOver ? null : new Date(now.getTime() + pauseMs),
        endedAt: isOver ? now : null,
      })
      if (!row || !isOver) return
      const to = shownAddress(row.destination)
      if (outcome.kind !== 'delivered')
        await appendEvent(tx, row.runId, { type: 'log', message: `Not delivered to ${to}. ${outcome.because}` })
      await record(tx, {
        actor,
        event: outcome.kind === 'delivered' ? 'delivery.sent' : 'delivery.failed',
        accountId: row.accountId,
        details: { runId: row.runId, kind: row.destination.kind, to, attempts: row.attempts },
      })
    })
  }

  /** Not in the transaction of the delivery: an uninstall locks schedules before deliveries. */
  async function sendNoMoreTo({ runId, accountId, destination }: DeliveryRow): Promise<void> {
    await db.transaction(async (tx) => {
      const scheduleId = await dropDestination(tx, { runId, destination })
      if (scheduleId === undefined) return
      const details = { scheduleId, noLongerTo: shownAddress(destination) }
      await record(tx, { actor, event: 'schedule.updated', accountId, details })
    })
  }

  return async (): Promise<boolean> => {
    const now = clock.now()
    const due = await takeDueDelivery(db, { now, leaseMs })
    if (!due) return false
    const { taken, triedAt } = due
    const tries = await countTries(db, taken.accountId, new Date(now.getTime() - hourMs))
    if (tries > triesPerHour) {
      const nextTryAt = new Date(now.getTime() + waitForRoomMs)
      // It was no try, and does not count as one.
      const untried = { attempts: taken.attempts - 1, lastTryAt: triedAt }
      await db.transaction((tx) => change(tx, taken, { ...untried, reason: 'RATE_LIMITED', nextTryAt }))
      return true
    }
    const attributes = { 'standin.run.id': taken.runId, 'standin.delivery.kind': taken.destination.kind }
    const failureOf = ({ kind }: Outcome) => (kind === 'delivered' ? undefined : kind)
    const sending = traced('standin.delivery', attributes, () => send(taken), failureOf)
    const outcome = await sending.catch((error: unknown): Outcome => {
      log.error({ err: error, runId: taken.runId }, 'delivering')
      return { kind: 'failed', because: 'Something went wrong in Standin.' }
    })
    if (outcome.kind !== 'delivered')
      log.warn({ runId: taken.runId, because: outcome.because, attempts: taken.attempts }, 'not delivered')
    await settle(taken, outcome)
    if (outcome.kind === 'refused' && outcome.isGone) await sendNoMoreTo(taken)
    return true
  }
}
