import { StandinError } from '../standin-error.ts'
import { retryAfterOf } from './retry-after.ts'

export interface ApiAnswer {
  status: number
  headers: Headers
  text: string
}

const pauseWithoutAnyMs = 60_000
/** After a refusal by an API, a token is exchanged at most once in this time for each account and scope set. */
export const forcedExchangeEveryMs = 30_000

/** The text of a good answer. @throws StandinError with the Trackunit reason for any other */
export function understandStatus({ status, headers, text }: ApiAnswer, now: Date): string {
  const isGood = status >= 200 && status < 300
  const isPage = headers.get('content-type')?.includes('html') ?? false
  if (isGood && !isPage) return text
  const retryAfterMs = retryAfterOf(headers, now)
  if (status === 429)
    throw new StandinError('TRACKUNIT_RATE_LIMITED', { retryAfterMs: retryAfterMs ?? pauseWithoutAnyMs })
  if (status >= 500) throw new StandinError('TRACKUNIT_UNAVAILABLE', retryAfterMs === undefined ? {} : { retryAfterMs })
  if (isPage && (isGood || status === 404)) {
    // Seen where a scope is missing; what a missing plan looks like is not documented, so both are named.
    throw new StandinError('TRACKUNIT_REFUSED', {
      detail: 'It answered with a web page, as it does when a permission or the plan is missing.',
    })
  }
  throw new StandinError('TRACKUNIT_REFUSED', {
    detail: `It answered with status ${status}.`,
    cause: saidIn(text),
    ...(status === 401 && { retryAfterMs: forcedExchangeEveryMs }),
  })
}

const mostSaid = 500

/**
 * What Trackunit said, as the cause of our error: a maker's own machine shows it, a server in production neither logs nor shows
 * it, since it can contain anything.
 */
export const saidIn = (text: string) => new Error(`Trackunit said: ${text.slice(0, mostSaid)}`)
