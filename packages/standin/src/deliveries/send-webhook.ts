import type { LookupAddress } from 'node:dns'
import { request } from 'node:https'
import { Webhook } from 'standardwebhooks'
import { addressInHost, isPublicAddress } from '../actions/public-address.ts'
import type { Secret } from '../config/secret.ts'
import type { Context } from '../context.ts'
import { retryAfterOf } from '../trackunit/retry-after.ts'
import { lookUpName } from './look-up-name.ts'
import type { Outcome } from './outcome.ts'

/** How hosts are found and reached. Tests replace it. */
export interface Network {
  /** All addresses of a name. */
  lookUp: (hostname: string, signal: AbortSignal) => Promise<LookupAddress[]>
  mayReach: (address: string) => boolean
  /** A certificate authority to trust in addition to Node's. */
  ca?: string | undefined
}

export const internet: Network = {
  lookUp: lookUpName,
  mayReach: isPublicAddress,
}

export interface WebhookMessage {
  /** The same at each attempt, so that the receiver can recognise a repetition. */
  id: string
  url: string
  body: string
  secret: Secret
}

/**
 * POSTs JSON over HTTPS, signed, to a host on the internet. The name is looked up once, all of its addresses must be
 * public, and the connection goes to one of these. Redirects are not followed.
 * @param signal closes the connection
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export async function sendWebhook(
  ctx: Pick<Context, 'clock' | 'userAgent'>,
  { id, url, body, secret }: WebhookMessage,
  { signal, network = internet }: { signal: AbortSignal; network?: Network },
): Promise<Outcome> {
  const target = new URL(url)
  const addresses = await addressesOf(target.hostname, network, signal).catch(() => [])
  const [address] = addresses
  if (!address) return { kind: 'failed', because: 'The name of the host is not known.' }
  if (!addresses.every((each) => network.mayReach(each.address)))
    return { kind: 'refused', because: 'The host is in a private network.' }

  const at = ctx.clock.now()
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret.reveal()).sign(id, at, body),
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'user-agent': ctx.userAgent,
  }
  const answer = await post(target, { address, body, headers, signal }, network)
  return answer
    ? outcomeOf(answer, ctx.clock.now())
    : { kind: 'failed', because: 'The host did not answer over a trusted connection.' }
}

async function addressesOf(hostname: string, { lookUp }: Network, signal: AbortSignal): Promise<LookupAddress[]> {
  const literal = addressInHost(hostname)
  return literal ? [{ address: literal, family: literal.includes(':') ? 6 : 4 }] : lookUp(hostname, signal)
}

interface Answer {
  status: number
  retryAfter: string | undefined
}

/** More interim answers (1xx) than any server sends. */
const mostInterim = 10

interface Post {
  address: LookupAddress
  body: string
  headers: Record<string, string | number>
  signal: AbortSignal
}

/**
 * Settles, and closes the connection, at the first event that decides the request.
 * @returns only the head of the answer, since the body is of no use; undefined if there was none
 */
function post(target: URL, { address, body, headers, signal }: Post, { ca }: Network): Promise<Answer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Answer | undefined>()
  const sent = request(target, {
    method: 'POST',
    agent: false,
    signal,
    headers,
    ...(ca !== undefined && { ca }),
    // Node asks for one address or for all, and does not ask where the host is an address.
    lookup: (_hostname, { all }, found) =>
      all ? found(null, [address]) : found(null, address.address, address.family),
  })
  const settle = (answer?: Answer) => {
    resolve(answer)
    sent.destroy()
  }
  let interim = 0
  sent
    .on('response', ({ statusCode = 0, headers: answered }) =>
      settle({ status: statusCode, retryAfter: answered['retry-after'] }),
    )
    .on('information', () => ++interim > mostInterim && settle())
    // After an upgrade, neither the request's signal nor `destroy` reaches the socket.
    .on('upgrade', ({ statusCode = 0 }, socket) => {
      socket.destroy()
      settle({ status: statusCode, retryAfter: undefined })
    })
    .on('error', () => settle())
    .on('close', () => settle())
    .end(body)
  return promise
}

const isTransient = new Set([408, 425, 429])
/** The receiver wants no further deliveries. @see https://www.standardwebhooks.com */
const gone = 410

function outcomeOf({ status, retryAfter }: Answer, now: Date): Outcome {
  if (status >= 200 && status < 300) return { kind: 'delivered' }
  const because = `The host answered ${status}.`
  if (status < 500 && !isTransient.has(status))
    return { kind: 'refused', because, ...(status === gone && { isGone: true }) }
  const retryAfterMs = retryAfterOf(new Headers({ 'retry-after': retryAfter ?? '' }), now)
  return { kind: 'failed', because, retryAfterMs }
}
