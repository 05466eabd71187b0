import type { Clock } from '../clock.ts'
import { bad, type Finding, good } from './finding.ts'

interface Surroundings {
  fetch: typeof globalThis.fetch
  clock: Pick<Clock, 'now'>
}

const patienceMs = 10_000
/** What an identity may be off by before it is refused (60 s), less what the way takes. */
const mostSkewMs = 30_000

/** Whether Trackunit's signing keys can be had, and whether this machine's clock agrees with whoever serves them. */
export async function checkKeySet(url: string, { fetch, clock }: Surroundings): Promise<Finding[]> {
  const answer = await ask(fetch, url)
  if (!answer)
    return [bad('signing keys', `${url} does not answer. Let this machine reach it, or mend TRACKUNIT_JWKS_URL.`)]
  const found = await answer.json().catch(() => undefined)
  const count = Array.isArray(found?.keys) ? found.keys.length : 0
  const keys =
    answer.ok && count > 0
      ? good('signing keys', `${url} has ${count}.`)
      : bad('signing keys', `${url} answers ${answer.status} and no key set. Mend TRACKUNIT_JWKS_URL.`)
  return [keys, checkClock(answer.headers.get('date'), clock.now())]
}

function checkClock(date: string | null, now: Date): Finding {
  const theirsMs = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(theirsMs)) return good('clock', 'Nobody to compare it with: the answer has no Date.')
  const skewMs = Math.abs(now.getTime() - theirsMs)
  const off = `${Math.round(skewMs / 1_000)} s off the signing keys' server`
  return skewMs <= mostSkewMs ? good('clock', `${off}.`) : bad('clock', `${off}. Set this machine's clock (NTP).`)
}

/** Whether the token endpoint is there. Nothing is sent that could be a secret, so that it refuses is right. */
export async function checkTokenEndpoint(url: string, { fetch }: Surroundings): Promise<Finding> {
  const answer = await ask(fetch, url, { method: 'POST' })
  if (!answer)
    return bad('token endpoint', `${url} does not answer. Let this machine reach it, or mend TRACKUNIT_TOKEN_URL.`)
  return answer.status === 404 || answer.status >= 500
    ? bad('token endpoint', `${url} answers ${answer.status}. Mend TRACKUNIT_TOKEN_URL, or wait for Trackunit.`)
    : good('token endpoint', `${url} is there.`)
}

/** Whether the callback's address leads here from outside: without an identity it must refuse in our words. */
export async function checkCallbackAddress(url: string, shown: string, { fetch }: Surroundings): Promise<Finding> {
  const answer = await ask(fetch, url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  if (!answer)
    return bad('callback address', `${shown} does not answer. Is the server up, the name known, the certificate good?`)
  const reason: unknown = await answer.json().then(
    (body) => body?.reason,
    () => undefined,
  )
  return answer.status === 401 && reason === 'IDENTITY_MISSING'
    ? good('callback address', `${shown} leads to a Standin.`)
    : bad(
        'callback address',
        `${shown} answers ${answer.status}, not 401 IDENTITY_MISSING: something else is there, or CALLBACK_PATH_SECRET differs.`,
      )
}

async function ask(fetch: Surroundings['fetch'], url: string, init: RequestInit = {}): Promise<Response | undefined> {
  const asked = { ...init, redirect: 'manual', signal: AbortSignal.timeout(patienceMs) } as const
  return fetch(url, asked).catch(() => undefined)
}
