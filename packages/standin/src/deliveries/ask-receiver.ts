import { randomUUID } from 'node:crypto'
import type { Receiver } from '@standin/contracts'
import { actorOf, type Caller } from '../access/caller.ts'
import { findCredentialsInForce } from '../accounts/credentials-in-force.ts'
import { requireInstalled } from '../accounts/hold-installed.ts'
import { noEmail } from '../actions/check-destinations.ts'
import { record } from '../audit/record.ts'
import { type InTransaction, inTransaction } from '../context.ts'
import { nextQuestionAt, nextQuestionOfAccountAt, unansweredForMs } from '../receivers/next-question.ts'
import { mailboxOf, receiverAddress } from '../receivers/receiver-address.ts'
import { mayReceive } from '../receivers/receiver-standing.ts'
import {
  deleteUnanswered,
  lastQuestions,
  listOfMailbox,
  lockReceiversOf,
  putReceiver,
  type ReceiverRow,
} from '../receivers/receiver-store.ts'
import { standingsOf, toReceiver } from '../receivers/who-may-receive.ts'
import { StandinError } from '../standin-error.ts'
import type { DeliveriesContext } from './deliveries-context.ts'
import { emailOfQuestion } from './email-of-question.ts'
import { inTime } from './in-time.ts'
import { plainName } from './plain-name.ts'
import { confirmUrlOf, withdrawUrlOf } from './receiver-urls.ts'

interface Wanted {
  accountId: string
  address: string
  language?: string | undefined
}

/**
 * Sends an email that asks its reader whether they want the account's results. The question is counted before it is sent, so
 * that neither concurrent callers nor a failing mail server exceed the limit.
 * @throws StandinError `RATE_LIMITED` with the time until the next question; `INPUT_INVALID` for an address that needs no
 *   question; `DELIVERY_FAILED` if the mail server refused it; the reason why the account is not served
 */
export async function askReceiver(ctx: DeliveriesContext, caller: Caller, wanted: Wanted): Promise<Receiver> {
  const { accountId, language } = wanted
  if (!ctx.config.delivery.smtp) throw new StandinError('INPUT_INVALID', { detail: noEmail })
  await findCredentialsInForce(ctx, accountId)
  const address = receiverAddress(wanted.address)
  const askId = randomUUID()
  const asked = await inTransaction(ctx, (tx) => noteQuestion(tx, caller, { accountId, address, askId }))

  const withdrawUrl = await withdrawUrlOf(ctx, { accountId, address })
  const confirmUrl = await confirmUrlOf(ctx, { accountId, address, askId })
  const who = caller.kind === 'user' ? plainName(caller.name) : undefined
  const question = { language, app: ctx.config.app, who, address, confirmUrl, withdrawUrl }
  const email = { id: `ask/${askId}`, to: address, withdrawUrl, ...emailOfQuestion(question) }
  const outcome = await inTime(ctx.deliveries.timeForSend('question'), (signal) =>
    ctx.deliveries.sendEmail(ctx, email, { signal }),
  )
  if (outcome.kind === 'delivered') return toReceiver(asked, [asked])
  ctx.log.warn({ because: outcome.because }, 'a receiver could not be asked')
  throw new StandinError('DELIVERY_FAILED', { detail: outcome.because })
}

async function noteQuestion(
  tx: InTransaction<DeliveriesContext>,
  caller: Caller,
  { accountId, address, askId }: { accountId: string; address: string; askId: string },
): Promise<ReceiverRow> {
  const now = tx.clock.now()
  await requireInstalled(tx, accountId)
  await lockReceiversOf(tx.db, accountId)
  await deleteUnanswered(tx.db, accountId, new Date(now.getTime() - unansweredForMs))
  const [standing] = await standingsOf(tx, accountId, [address])
  if (mayReceive(standing))
    throw new StandinError('INPUT_INVALID', { detail: 'Results can already be sent to this address.' })

  const mailbox = mailboxOf(address)
  const ofMailbox = await listOfMailbox(tx.db, accountId, mailbox)
  refuseUntil(nextQuestionAt(ofMailbox), now, 'This person was already asked.')
  refuseUntil(
    nextQuestionOfAccountAt(await lastQuestions(tx.db, accountId)),
    now,
    'The account has asked too many people.',
  )

  const before = ofMailbox.find((row) => row.address === address)
  const isRepeated = before?.askedAt && now.getTime() - before.askedAt.getTime() < unansweredForMs
  const row = await putReceiver(tx.db, {
    accountId,
    address,
    mailbox,
    askId,
    askedAt: now,
    state: before?.state ?? 'unconfirmed', // A receiver who withdrew stays withdrawn until they agree.
    asks: isRepeated ? before.asks + 1 : 1,
  })
  await record(tx, { actor: actorOf(caller), event: 'receiver.asked', accountId, details: { to: address } })
  return row
}

function refuseUntil(at: Date, now: Date, detail: string): void {
  if (at > now) throw new StandinError('RATE_LIMITED', { retryAfterMs: at.getTime() - now.getTime(), detail })
}
