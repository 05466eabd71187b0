import type { Secret } from '../config/secret.ts'
import type { Context } from '../context.ts'
import { traced } from '../observability/traced.ts'
import { StandinError } from '../standin-error.ts'
import type { RequestLimits } from './rate-limits.ts'
import type { LimitedRequest, RestMethod } from './rate-rules.ts'
import { readBounded } from './read-bounded.ts'
import type { ApiAnswer } from './rest-answer.ts'

export interface ApiRequest {
  path: string
  init: RequestInit & { method: RestMethod; headers: Record<string, string> }
  /** Of GraphQL: the document, whose cost is learnt. */
  document?: string | undefined
}

export interface SendPolicy {
  accessToken: Secret
  limits: RequestLimits
  /** Once it aborts, no request begins. */
  signal: AbortSignal
  /** Ends the requests that are under way. */
  cut: AbortSignal
  /** Waited for right before the request. */
  mayBegin?: (() => Promise<void>) | undefined
}

/** A path as it may be shown: its ids could name a customer's machines. */
export const withoutIds = (path: string): string => path.split('?', 1)[0]?.replaceAll(/\/[^/]{16,}/g, '/:id') ?? ''

const maxBytes = 16 * 1024 * 1024
const timeoutMs = 30_000

/** Sends one request to an API of Trackunit, in its turn under the limits. */
export async function sendRequest(ctx: Context, request: ApiRequest, policy: SendPolicy): Promise<ApiAnswer> {
  const { method } = request.init
  const [path = '', query] = request.path.split('?', 2)
  const page = new URLSearchParams(query).get('page') ?? undefined
  const { document } = request
  const limited: LimitedRequest = { method, path, page, document }
  policy.signal.throwIfAborted()
  await policy.limits.before(limited)
  await policy.mayBegin?.()
  const answer = await traced(
    'standin.trackunit',
    { 'http.request.method': method, 'url.template': withoutIds(path) },
    () => send(ctx, request, policy),
    ({ status }) => (status >= 400 ? String(status) : undefined),
  )
  await policy.limits.after(limited, answer)
  return answer
}

async function send(
  { config, fetch, userAgent }: Context,
  { path, init }: ApiRequest,
  { accessToken, cut }: SendPolicy,
): Promise<ApiAnswer> {
  // Without the slash the path would continue the host's name, and the token would go to another host.
  if (!path.startsWith('/')) throw new TypeError('A path of Trackunit begins with a slash.')
  const { signal, end } = abortedBy(cut, timeoutMs)
  try {
    const authorization = `Bearer ${accessToken.reveal()}`
    const headers = { ...init.headers, accept: 'application/json', 'user-agent': userAgent, authorization }
    const response = await fetch(`${config.trackunit.apiUrl}${path}`, { ...init, redirect: 'error', signal, headers })
    return { status: response.status, headers: response.headers, text: await readBounded(response, maxBytes) }
  } catch (cause) {
    cut.throwIfAborted()
    throw new StandinError('TRACKUNIT_UNAVAILABLE', { cause })
  } finally {
    end()
  }
}

/**
 * Aborts with another signal or after a while, until its end. `AbortSignal.any` would keep each request, with its answer,
 * for as long as its time-out: at twenty requests a second, all of a run's.
 */
function abortedBy(other: AbortSignal, afterMs: number): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController()
  const abort = () => controller.abort(other.reason)
  const timer = setTimeout(() => controller.abort(new DOMException('No answer in time.', 'TimeoutError')), afterMs)
  if (other.aborted) abort()
  else other.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer)
      other.removeEventListener('abort', abort)
    },
  }
}
