import { shownAddress } from '../actions/shown-address.ts'
import { type Actor, record } from '../audit/record.ts'
import { hourMs } from '../clock.ts'
import { type Context, type InTransaction, inTransaction } from '../context.ts'
import { byDatabaseClock } from '../database/database-clock.ts'
import { traced } from '../observability/traced.ts'
import { appendEvent } from '../runs/run-event-store.ts'
import { dropDestination } from '../schedules/schedule-store.ts'
import { attachedFile } from './attached-file.ts'
import type { DeliveriesContext } from './deliveries-context.ts'
import {
  claimDueDelivery,
  countAttempts,
  type DeliveryChange,
  type DeliveryRow,
  toDelivery,
  updateClaimedDelivery,
} from './delivery-store.ts'
import { emailOf } from './email-of-result.ts'
import type { EmailSurroundings } from './email-parts.ts'
import { findResultToSend } from './find-result-to-send.ts'
import { inTime } from './in-time.ts'
import { type Outcome, pauseBeforeNextAttempt } from './outcome.ts'
import { withdrawUrlOf } from './receiver-urls.ts'
import type { Email } from './send-email.ts'
import { signingSecretOf } from './signing-secret.ts'
import { webhookBodyOf } from './webhook-body.ts'
import { whyWithheld } from './why-withheld.ts'

const actor: Actor = { kind: 'system', id: 'delivery' }
/** Longer than the longest send takes. */
const leaseMs = 5 * 60_000
/** Attempts of one account in an hour, so that an address entered there is not flooded with mail. */
const attemptsPerHour = 100
const postponeMs = 5 * 60_000

/**
 * Attempts one delivery that is due. If the process dies after sending, the delivery is sent again under the same id.
 * @returns whether one was due
 */
export async function deliverDue(ctx: DeliveriesContext): Promise<boolean> {
  const due = await claimDueDelivery(ctx.db, { leaseMs, last: ctx.deliveries.slow.accounts() })
  if (!due) return false
  const { claimed, lastTryAt } = due
  const attempts = await countAttempts(ctx.db, claimed.accountId, { withinMs: hourMs })
  if (attempts > attemptsPerHour) {
    // Nothing was sent: it does not count as an attempt.
    const uncounted = { attempts: claimed.attempts - 1, lastTryAt }
    await inTransaction(ctx, async (tx) => {
      const nextTryAt = await fromNow(tx, postponeMs)
      return change(tx, claimed, { ...uncounted, reason: 'RATE_LIMITED', nextTryAt })
    })
    return true
  }
  const startedAtMs = ctx.clock.monotonicMs()
  const outcome = await attempt(ctx, claimed)
  ctx.deliveries.slow.note(claimed.accountId, ctx.clock.monotonicMs() - startedAtMs)
  await settle(ctx, claimed, outcome)
  if (outcome.kind === 'refused' && outcome.isGone) await removeFromSchedule(ctx, claimed)
  return true
}

async function attempt(ctx: DeliveriesContext, delivery: DeliveryRow): Promise<Outcome> {
  const { runId, attempts, destination } = delivery
  const attributes = { 'standin.run.id': runId, 'standin.delivery.kind': destination.kind }
  const failureOf = ({ kind }: Outcome) => (kind === 'delivered' ? undefined : kind)
  const sending = traced('standin.delivery', attributes, () => send(ctx, delivery), failureOf)
  const outcome = await sending.catch((error: unknown): Outcome => {
    ctx.log.error({ err: error, runId }, 'delivery failed unexpectedly')
    return { kind: 'failed', because: 'Something went wrong in the server.' }
  })
  ctx.metrics.countDelivery({ kind: destination.kind, outcome: outcome.kind })
  if (outcome.kind !== 'delivered') ctx.log.warn({ runId, because: outcome.because, attempts }, 'not delivered')
  return outcome
}

async function send(
  ctx: DeliveriesContext,
  { runId, position, accountId, destination }: DeliveryRow,
): Promise<Outcome> {
  const withheld = await whyWithheld(ctx, accountId, destination)
  if (withheld) return withheld
  const to = destination.kind === 'email' ? 'reader' : 'program'
  const found = await findResultToSend(ctx, { id: runId, accountId }, { to })
  if (!found) return { kind: 'refused', because: 'The result is no longer kept.', isOurs: true }
  const { sendWebhook, sendEmail, timeForSend } = ctx.deliveries
  const id = `${runId}/${position}`
  if (destination.kind === 'webhook') {
    const secret = await signingSecretOf(ctx, accountId)
    const message = { id, url: destination.url, body: webhookBodyOf(found.result), secret }
    return inTime(timeForSend('webhook'), (signal) => sendWebhook(ctx, message, { signal }))
  }
  const { attachment, lacksFile } = await attachmentOf(found, destination.file)
  const { app, delivery } = ctx.config
  const urls = { managerUrl: delivery.managerUrl, appUrl: delivery.appUrl }
  const withdrawUrl = await withdrawUrlOf(ctx, { accountId, address: destination.address })
  const email = {
    to: destination.address,
    withdrawUrl,
    ...emailOf(found.result, { appName: app.name, ...urls, withdrawUrl, lacksFile }),
  }
  return inTime(timeForSend('email'), (signal) => sendEmail(ctx, { id, ...email, attachment }, { signal }))
}

/** The file to attach, or why there is none although the reader expects one. */
async function attachmentOf(
  { result, batches }: NonNullable<Awaited<ReturnType<typeof findResultToSend>>>,
  format: 'none' | 'csv' | 'xlsx',
): Promise<{ attachment?: Email['attachment']; lacksFile?: EmailSurroundings['lacksFile'] }> {
  // Nothing in the file would show that it is incomplete.
  if (result.run.state !== 'succeeded') return { lacksFile: 'part' }
  if (format === 'none' || result.totalRows === 0) return {}
  const attachment = await attachedFile(result, { format, batches })
  return attachment ? { attachment } : { lacksFile: 'too large' }
}

async function settle(ctx: Context, claimed: DeliveryRow, outcome: Outcome): Promise<void> {
  const isDelivered = outcome.kind === 'delivered'
  const pauseMs = pauseBeforeNextAttempt(outcome, claimed.attempts)
  await inTransaction(ctx, async (tx) => {
    const isOver = pauseMs === undefined
    const row = await change(tx, claimed, {
      state: isDelivered ? 'delivered' : isOver ? 'failed' : 'waiting',
      reason: reasonOf(outcome),
      nextTryAt: isOver ? null : await fromNow(tx, pauseMs),
      endedAt: isOver ? await fromNow(tx, 0) : null,
    })
    if (!row || !isOver) return
    const to = shownAddress(row.destination)
    if (!isDelivered)
      await appendEvent(
        tx,
        { id: row.runId, accountId: row.accountId },
        { type: 'log', message: `Not delivered to ${to}. ${outcome.because}` },
      )
    await record(tx, {
      actor,
      event: isDelivered ? 'delivery.sent' : 'delivery.failed',
      accountId: row.accountId,
      details: { runId: row.runId, kind: row.destination.kind, to, attempts: row.attempts },
    })
  })
}

function reasonOf(outcome: Outcome): DeliveryRow['reason'] {
  if (outcome.kind === 'delivered') return null
  if (outcome.kind === 'failed' || outcome.isOurs === true) return 'DELIVERY_FAILED'
  return outcome.isOurs ? 'DESTINATION_UNCONFIRMED' : 'DELIVERY_REFUSED'
}

/** By the database's clock, which decides when deliveries are due. */
const fromNow = async (tx: InTransaction, ms: number) =>
  new Date((await byDatabaseClock(tx)).clock.now().getTime() + ms)

/** Stores the change and announces it to the watchers of the run. */
async function change(tx: InTransaction, claimed: DeliveryRow, to: DeliveryChange): Promise<DeliveryRow | undefined> {
  const row = await updateClaimedDelivery(tx.db, claimed, to)
  if (row)
    await appendEvent(tx, { id: row.runId, accountId: row.accountId }, { type: 'delivery', delivery: toDelivery(row) })
  return row
}

/** In a transaction of its own: an uninstall locks schedules before deliveries. */
async function removeFromSchedule(ctx: Context, { runId, accountId, destination }: DeliveryRow): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const scheduleId = await dropDestination(tx.db, { run: { id: runId, accountId }, destination })
    if (scheduleId === undefined) return
    const details = { scheduleId, noLongerTo: shownAddress(destination) }
    await record(tx, { actor, event: 'schedule.updated', accountId, details })
  })
}
