import type { Clock } from '../../clock.ts'
import { type Finding, good, note, wrong } from './finding.ts'

interface Surroundings {
  fetch: typeof globalThis.fetch
  clock: Pick<Clock, 'now'>
  /** On a laptop without a network nothing is wrong because nobody answers. */
  mustAnswer: boolean
}

const patienceMs = 10_000
/** What an identity may be off by before it is refused (60 s), less what the way takes. */
export const mostSkewMs = 30_000

/** Whether a set of signing keys can be had, and whether this machine's clock agrees with whoever serves it. */
export async function checkKeySet(
  url: string,
  { check, setting }: { check: string; setting: string },
  surroundings: Surroundings,
): Promise<Finding[]> {
  const answer = await ask(surroundings, url)
  if (!answer) return [silent(check, url, setting, surroundings)]
  const found = await answer.json().catch(() => undefined)
  const count = Array.isArray(found?.keys) ? found.keys.length : 0
  const keys =
    answer.ok && count > 0
      ? good(check, `${url} has ${count}.`)
      : wrong(check, `${url} answers ${answer.status} and no key set. Mend ${setting}.`)
  return [keys, ...checkClock(url, answer.headers.get('date'), surroundings.clock.now())]
}

function checkClock(url: string, date: string | null, now: Date): Finding[] {
  const theirsMs = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(theirsMs)) return []
  const skewMs = Math.abs(now.getTime() - theirsMs)
  const off = `${Math.round(skewMs / 1_000)} s off that of ${new URL(url).host}`
  return [
    skewMs <= mostSkewMs
      ? good('clock', `${off}.`)
      : wrong('clock', `${off}: identities would be refused as expired. Set this machine's clock (NTP).`),
  ]
}

/** Whether the token endpoint is there. Nothing is sent that could be a secret, so that it refuses is right. */
export const checkTokenEndpoint = (url: string, surroundings: Surroundings): Promise<Finding> =>
  checkIsThere(url, { check: 'token endpoint', setting: 'TRACKUNIT_TOKEN_URL', method: 'POST' }, surroundings)

/** Whether Trackunit's APIs are there; they refuse who brings no token. */
export const checkApi = (url: string, surroundings: Surroundings): Promise<Finding> =>
  checkIsThere(
    `${url}/api/asset/v2/assets`,
    { check: 'API', setting: 'TRACKUNIT_API_URL', method: 'GET' },
    surroundings,
  )

async function checkIsThere(
  url: string,
  { check, setting, method }: { check: string; setting: string; method: string },
  surroundings: Surroundings,
): Promise<Finding> {
  const answer = await ask(surroundings, url, { method })
  if (!answer) return silent(check, url, setting, surroundings)
  return answer.status === 404 || answer.status >= 500
    ? wrong(check, `${url} answers ${answer.status}. Mend ${setting}, or wait for Trackunit.`)
    : good(check, `${url} is there.`)
}

function silent(check: string, url: string, setting: string, { mustAnswer }: Surroundings): Finding {
  const said = `${url} does not answer. Let this machine reach it, or mend ${setting}.`
  return mustAnswer ? wrong(check, said) : note(check, said)
}

/** Whether the callback's address leads here from outside: without an identity it must refuse in our words. */
export async function checkCallbackAddress(url: string, shown: string, surroundings: Surroundings): Promise<Finding> {
  const check = 'callback address'
  const answer = await ask(surroundings, url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  if (!answer) return wrong(check, `${shown} does not answer. Is the server up, the name known, the certificate good?`)
  const reason: unknown = await answer.json().then(
    (body) => body?.reason,
    () => undefined,
  )
  return answer.status === 401 && reason === 'IDENTITY_MISSING'
    ? good(check, `${shown} leads to a Standin.`)
    : wrong(
        check,
        `${shown} answers ${answer.status}, not 401 IDENTITY_MISSING: something else is there, or CALLBACK_PATH_SECRET differs.`,
      )
}

async function ask({ fetch }: Surroundings, url: string, init: RequestInit = {}): Promise<Response | undefined> {
  const asked = { ...init, redirect: 'manual', signal: AbortSignal.timeout(patienceMs) } as const
  return fetch(url, asked).catch(() => undefined)
}
