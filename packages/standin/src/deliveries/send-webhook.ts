import { promises as dns, type LookupAddress } from 'node:dns'
import { request } from 'node:https'
import type { Clock } from '../clock.ts'
import type { Secret } from '../config/secret.ts'
import { retryAfterOf } from '../trackunit/retry-after.ts'
import type { Outcome } from './delivery-outcome.ts'
import { addressInHost, isPublicAddress } from './public-address.ts'
import { signWebhook } from './sign-webhook.ts'

export interface WebhookPorts {
  clock: Clock
  userAgent: string
  /** All addresses of a name. */
  lookUp?: (hostname: string) => Promise<LookupAddress[]>
  mayReach?: (address: string) => boolean
  /** Certificates of authorities beside those that Node trusts. */
  ca?: string
  /** Aborts when an answer has taken too long: after 15 seconds. */
  patience?: () => AbortSignal
}

const timeoutMs = 15_000
/** Of an answer no more is read than its head: what is in it helps nobody. */
const answeredWell = (status: number) => status >= 200 && status < 300
const passesByItself = new Set([408, 425, 429])
/** Whoever answers so wants no more. @see https://www.standardwebhooks.com */
const gone = 410

export type SendWebhook = ReturnType<typeof createSendWebhook>

/**
 * POSTs JSON over HTTPS, signed, to a host on the internet: the address is looked up once, every one of the name's must be
 * public, and the connection goes to the one that was looked at. Redirects are not followed.
 */
export function createSendWebhook(ports: WebhookPorts) {
  const { clock, userAgent, ca } = ports
  const {
    lookUp = (hostname) => dns.lookup(hostname, { all: true }),
    mayReach = isPublicAddress,
    patience = () => AbortSignal.timeout(timeoutMs),
  } = ports

  async function addressOf(hostname: string): Promise<LookupAddress | undefined> {
    const literal = addressInHost(hostname)
    const addresses = literal ? [{ address: literal, family: literal.includes(':') ? 6 : 4 }] : await lookUp(hostname)
    return addresses.every(({ address }) => mayReach(address)) ? addresses[0] : undefined
  }

  return async ({
    id,
    url,
    body,
    secret,
  }: {
    id: string
    url: string
    body: string
    secret: Secret
  }): Promise<Outcome> => {
    const target = new URL(url)
    let address: LookupAddress | undefined
    try {
      address = await addressOf(target.hostname)
    } catch {
      return { kind: 'failed', because: 'The name of the host is not known.' }
    }
    if (!address) return { kind: 'refused', because: 'The host is in a private network.' }
    return post(target, { address, body, headers: signWebhook({ id, body, at: clock.now() }, secret) })
  }

  function post(
    target: URL,
    { address, body, headers }: { address: LookupAddress; body: string; headers: Record<string, string> },
  ): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    const sent = request(
      target,
      {
        method: 'POST',
        agent: false,
        signal: patience(),
        // Node asks it for one address or for all, and never asks it where the host is an address.
        lookup: (_hostname, options, found) =>
          options.all ? found(null, [address]) : found(null, address.address, address.family),
        headers: {
          ...headers,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': userAgent,
        },
        ...(ca !== undefined && { ca }),
      },
      (answer) => {
        resolve(understand(answer.statusCode ?? 0, answer.headers['retry-after']))
        answer.destroy()
      },
    )
    sent.on('error', () =>
      resolve({ kind: 'failed', because: 'The host did not answer, or not over a trusted connection.' }),
    )
    sent.end(body)
    return promise
  }

  function understand(status: number, retryAfter: string | undefined): Outcome {
    if (answeredWell(status)) return { kind: 'delivered' }
    const because = `The host answered ${status}.`
    if (status >= 500 || passesByItself.has(status))
      return {
        kind: 'failed',
        because,
        retryAfterMs: retryAfterOf(new Headers({ 'retry-after': retryAfter ?? '' }), clock.now()),
      }
    return { kind: 'refused', because, ...(status === gone && { isGone: true }) }
  }
}
