import type { Clock } from '../../clock.ts'
import { codeOf } from '../../database/code-of.ts'
import { type Finding, good, note, wrong } from './finding.ts'

interface Outside {
  fetch: typeof globalThis.fetch
  clock: Pick<Clock, 'now'>
  /** False in development: a laptop without a network is fine. */
  mustAnswer: boolean
}

const timeoutMs = 10_000
/** Below the tolerance for identities (60 s), which has to cover the time of a request as well. */
export const mostSkewMs = 30_000

/** Whether a key set can be fetched, and whether this machine's clock agrees with the clock of its server. */
export async function checkKeySet(
  url: string,
  { check, setting }: { check: string; setting: string },
  outside: Outside,
): Promise<Finding[]> {
  const answer = await ask(outside, url)
  if (!(answer instanceof Response)) return [silent(check, `${url} ${answer.silent}`, setting, outside)]
  const found = await answer.json().catch(() => undefined)
  const count = Array.isArray(found?.keys) ? found.keys.length : 0
  const keys =
    answer.ok && count > 0
      ? good(check, `${url} has ${count === 1 ? 'one key' : `${count} keys`}.`)
      : wrong(check, `${url} answers ${answer.status} and no key set. Correct ${setting}.`)
  return [keys, ...checkClock(url, answer.headers.get('date'), outside.clock.now())]
}

function checkClock(url: string, date: string | null, now: Date): Finding[] {
  const theirsMs = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(theirsMs)) return []
  const skewMs = Math.abs(now.getTime() - theirsMs)
  const off = `${Math.round(skewMs / 1_000)} s off the clock of ${new URL(url).host}`
  return [
    skewMs <= mostSkewMs
      ? good('clock', `${off}.`)
      : wrong('clock', `${off}: identities would be refused as expired. Synchronise this machine's clock (NTP).`),
  ]
}

/** Whether the token endpoint answers. It should refuse, since no credentials are sent. */
export const checkTokenEndpoint = (url: string, outside: Outside): Promise<Finding> =>
  checkAnswers(url, { check: 'token endpoint', setting: 'TRACKUNIT_TOKEN_URL', method: 'POST' }, outside)

/** Whether Trackunit's APIs answer. They should refuse, since no token is sent. */
export const checkApi = (url: string, outside: Outside): Promise<Finding> =>
  checkAnswers(`${url}/api/asset/v2/assets`, { check: 'API', setting: 'TRACKUNIT_API_URL', method: 'GET' }, outside)

async function checkAnswers(
  url: string,
  { check, setting, method }: { check: string; setting: string; method: string },
  outside: Outside,
): Promise<Finding> {
  const answer = await ask(outside, url, { method })
  if (!(answer instanceof Response)) return silent(check, `${url} ${answer.silent}`, setting, outside)
  return answer.status === 404 || answer.status >= 500
    ? wrong(check, `${url} answers ${answer.status}. Correct ${setting}, or wait for Trackunit.`)
    : good(check, `${url} answers.`)
}

function silent(check: string, what: string, setting: string, { mustAnswer }: Outside): Finding {
  const said = `${what}. Open the network to it, or correct ${setting}.`
  return mustAnswer ? wrong(check, said) : note(check, said)
}

/** Whether the callback address leads to a Standin server: it must refuse a callback without an identity as Standin does. */
export async function checkCallbackAddress(url: string, shown: string, outside: Outside): Promise<Finding> {
  const check = 'callback address'
  const answer = await ask(outside, url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  if (!(answer instanceof Response))
    return wrong(check, `${shown} ${answer.silent}. Is the server running, the name known, the certificate valid?`)
  const reason: unknown = await answer.json().then(
    (body) => body?.reason,
    () => undefined,
  )
  return answer.status === 401 && reason === 'IDENTITY_MISSING'
    ? good(check, `${shown} leads to a Standin.`)
    : wrong(
        check,
        `${shown} answers ${answer.status}, not 401 IDENTITY_MISSING: another server answers there, or CALLBACK_PATH_SECRET differs.`,
      )
}

async function ask(
  { fetch }: Outside,
  url: string,
  init: RequestInit = {},
): Promise<Response | { /** Why there is no answer, after the address. */ silent: string }> {
  const asked = { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) } as const
  return fetch(url, asked).catch((error: unknown) => ({ silent: whySilent(codeOf(error)) }))
}

function whySilent(code: string): string {
  if (code === 'CERT_HAS_EXPIRED') return 'has an expired certificate: renew it'
  return `does not answer${code ? ` (${code})` : ''}`
}
