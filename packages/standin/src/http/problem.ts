import type { Logger } from '../observability/logger.ts'
import { toRefusal } from '../refusal.ts'
import { StandinError } from '../standin-error.ts'

export interface HttpAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** All headers except those that the sender adds, such as the date. */
export const headersOf = ({ headers, body }: HttpAnswer): Record<string, string> => ({
  vary: 'Origin',
  ...headers,
  'content-length': String(Buffer.byteLength(body)),
})

/** An error as its caller may see it. @see RFC 9457 */
export function problemOf(error: unknown, requestId: string): HttpAnswer {
  const { reason, status, message, retryAfterMs, issues } = toRefusal(error)
  const problem = {
    type: 'about:blank',
    title: reason,
    status,
    detail: message,
    reason,
    requestId,
    retryAfterMs,
    issues,
  }
  return {
    status,
    headers: {
      'cache-control': 'no-store',
      'content-type': 'application/problem+json; charset=utf-8',
      ...retryAfterOf([retryAfterMs]),
    },
    body: JSON.stringify(problem),
  }
}

/** The header for several refusals: the time after which all of them can be retried. */
export function retryAfterOf(eachMs: ReadonlyArray<number | undefined>): { 'retry-after'?: string } {
  const knownMs = eachMs.filter((ms) => ms !== undefined)
  return knownMs.length > 0 ? { 'retry-after': String(Math.ceil(Math.max(...knownMs) / 1_000)) } : {}
}

/** Logs errors that are not the caller's fault. */
export function logFailure(log: Pick<Logger, 'debug' | 'warn' | 'error'>, error: unknown): void {
  const { status, reason } = toRefusal(error)
  // Expected errors, such as keys that cannot be fetched, need no stack, and any caller can cause them repeatedly.
  if (reason === 'STORAGE_UNAVAILABLE')
    log.debug({ err: error, reason }, 'request failed') // The database watch logs an outage, once. The line of each request has its status.
  else if (status === 503 && error instanceof StandinError && !error.cause) log.warn({ reason }, 'request refused')
  else if (status >= 500) log.error({ err: error, reason }, 'request failed')
}
