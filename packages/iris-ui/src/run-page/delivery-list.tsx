import type { Delivery, Run } from '@standin/client'
import { Link } from 'wouter'
import { useActions } from '../connection/use-actions.ts'
import type { Formats } from '../formats/create-formats.ts'
import { useNow } from '../formats/use-now.ts'
import { ResendButton } from '../overview/remedy-button.tsx'
import { Icon } from '../parts/icon.tsx'
import { addressToCorrect } from '../runs/address-to-correct.ts'
import { notReceiverWords } from '../runs/not-receiver-words.ts'
import { addresses } from '../shell/addresses.ts'
import { useSurroundings } from '../surroundings.ts'
import type { Texts } from '../texts/en.ts'

const looks = {
  delivered: { icon: 'check', tone: 'ok' },
  waiting: { icon: 'clock', tone: 'wait' },
  failed: { icon: 'bad', tone: 'bad' },
} as const

/** The deliveries of a result and their states. */
export function DeliveryList({ run }: { run: Run }) {
  const { texts, formats } = useSurroundings()
  const nowMs = useNow(30_000)
  const words = texts.run
  const { actions } = useActions()
  const toCorrect = addressToCorrect(run, actions)
  if (run.deliveries.length === 0) return null
  return (
    <ul className="rows">
      {run.deliveries.map((delivery) => (
        <li key={delivery.id} data-delivery={delivery.state}>
          <Icon name={looks[delivery.state].icon} tone={looks[delivery.state].tone} />
          <div>
            <p className="t">
              <bdi>{delivery.kind === 'webhook' ? words.webhook(delivery.to) : delivery.to}</bdi>
            </p>
            <p className="d">{deliveryWords(delivery, { nowMs, texts, formats })}</p>
            {delivery.state === 'failed' && !isFinal(delivery) && (
              <ResendButton runId={run.id} deliveryId={delivery.id} to={delivery.to} />
            )}
            {delivery.reason === 'DESTINATION_UNCONFIRMED' && (
              <Link href={addresses.receivers} className="btn">
                {texts.needs.receivers}
              </Link>
            )}
            {delivery.reason === 'DELIVERY_REFUSED' && toCorrect && (
              <Link href={toCorrect} className="btn">
                {texts.needs.correct}
              </Link>
            )}
          </div>
        </li>
      ))}
    </ul>
  )
}

/** Resending would fail in the same way, or be refused. */
const isFinal = ({ reason }: Delivery) =>
  reason === 'DELIVERY_REFUSED' || reason === 'DESTINATION_UNCONFIRMED' || reason === 'INSTALLATION_UNINSTALLED'

function deliveryWords(
  { state, reason, attempts, nextTryAt, endedAt }: Delivery,
  { nowMs, texts, formats }: { nowMs: number; texts: Texts; formats: Formats },
): string {
  const { run: words } = texts
  if (reason === 'DESTINATION_UNCONFIRMED') return words.deliveryUnconfirmed
  if (state === 'failed') {
    if (reason === 'DELIVERY_REFUSED') return words.deliveryRefused
    const ours = notReceiverWords(reason, texts)
    return ours ? `${words.deliveryNot} ${ours}` : words.deliveryFailed(attempts)
  }
  if (state === 'waiting')
    return nextTryAt && attempts > 0 ? words.deliveryNext(formats.clock(nextTryAt), attempts) : words.deliveryWaits
  const said = endedAt
    ? words.delivered(formats.moment(endedAt, nowMs))
    : words.delivered(formats.moment(new Date(nowMs).toISOString(), nowMs))
  return attempts > 1 ? `${said}, ${words.deliveredTries(attempts)}` : said
}
