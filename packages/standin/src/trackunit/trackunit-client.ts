import type { Clock } from '../clock.ts'
import { traced } from '../observability/traced.ts'
import { StandinError } from '../standin-error.ts'
import { type GraphqlAnswer, understandGraphql } from './graphql-answer.ts'
import { readBounded } from './read-bounded.ts'
import { type LimitedRequest, type RequestLimits, withoutLimits } from './request-limits.ts'
import { type ApiAnswer, understandStatus } from './rest-answer.ts'
import { withRateLimit } from './with-rate-limit.ts'

/** Trackunit's APIs with one account's token. Every failure is a `StandinError` of the Trackunit reasons. */
export interface TrackunitClient {
  /**
   * A GraphQL document, a constant; what varies goes into `variables`. Data and errors can come together: then
   * `isPartial` is true.
   */
  graphql<Data>(document: string, variables?: Record<string, unknown>): Promise<GraphqlAnswer<Data>>
  /** A GET of the REST API, by path (from `/`) and query. */
  get<Data>(path: string, query?: Record<string, string | number>): Promise<Data>
  /** A POST of the REST API that asks, such as a search of events; `body` goes as JSON. */
  post<Data>(path: string, body: object, query?: Record<string, string | number>): Promise<Data>
}

export interface TrackunitClientPolicy {
  apiUrl: string
  /** Names app and version, as Trackunit's fair-use policy asks. */
  userAgent: string
}

/** A token and how to name it when an API refuses it. */
export interface ApiToken {
  reveal: () => string
  fingerprint: string
}

interface Dependencies {
  fetch: typeof globalThis.fetch
  /** A valid token; with the fingerprint of one that was refused, a newer one. */
  token: (rejectedFingerprint?: string) => Promise<ApiToken>
  /** After it no request begins. */
  signal: AbortSignal
  /** Ends the requests that are under way; without it, `signal` does. */
  cut?: AbortSignal
  clock: Clock
  limits?: RequestLimits
}

const maxBytes = 16 * 1024 * 1024
const timeoutMs = 30_000

export function createTrackunitClient(
  { apiUrl, userAgent }: TrackunitClientPolicy,
  { fetch, token, signal, cut = signal, clock, limits = withoutLimits }: Dependencies,
): TrackunitClient {
  async function send(
    path: string,
    init: RequestInit & { headers: Record<string, string> },
    { accessToken }: { accessToken: ApiToken },
  ): Promise<ApiAnswer> {
    // Without the slash the path would continue the host's name, and the token go elsewhere.
    if (!path.startsWith('/')) throw new TypeError('A path of Trackunit begins with a slash.')
    const request = abortedBy(cut, timeoutMs)
    try {
      const response = await fetch(`${apiUrl}${path}`, {
        ...init,
        redirect: 'error',
        signal: request.signal,
        headers: {
          ...init.headers,
          accept: 'application/json',
          'user-agent': userAgent,
          authorization: `Bearer ${accessToken.reveal()}`,
        },
      })
      return { status: response.status, headers: response.headers, text: await readBounded(response, maxBytes) }
    } catch (cause) {
      cut.throwIfAborted()
      throw new StandinError('TRACKUNIT_UNAVAILABLE', { cause })
    } finally {
      request.end()
    }
  }

  /** A token that is refused is replaced once; the second refusal stands. */
  async function request(
    path: string,
    init: RequestInit & { method: 'GET' | 'POST'; headers: Record<string, string> },
    { document }: { document?: string } = {},
  ): Promise<ApiAnswer> {
    const [address = '', query] = path.split('?', 2)
    const page = new URLSearchParams(query).get('page')
    const limited: LimitedRequest = {
      method: init.method,
      path: address,
      ...(page !== null && { page }),
      ...(document !== undefined && { document }),
    }
    const sendWithin = async (accessToken: ApiToken) => {
      signal.throwIfAborted()
      await limits.before(limited)
      // Of an address the path, without ids.
      const attributes = {
        'http.request.method': init.method,
        'url.template': address.replaceAll(/\/[^/]{16,}/g, '/:id'),
      }
      const sending = () => send(path, init, { accessToken })
      const answer = await traced('standin.trackunit', attributes, sending, ({ status }) =>
        status >= 400 ? String(status) : undefined,
      )
      await limits.after(limited, answer)
      return answer
    }
    const accessToken = await token()
    const first = await sendWithin(accessToken)
    if (first.status !== 401) return first
    return sendWithin(await token(accessToken.fingerprint))
  }

  return {
    async graphql<Data>(document: string, variables: Record<string, unknown> = {}) {
      const body = JSON.stringify({ query: withRateLimit(document), variables })
      // The trailing slash is needed: without it the gateway answers with a page of Manager.
      const answer = await request(
        '/api/graphql/',
        { method: 'POST', headers: { 'content-type': 'application/json' }, body },
        { document },
      )
      return understandGraphql<Data>(answer, clock.now())
    },
    async get<Data>(path: string, query?: Record<string, string | number>) {
      const answer = await request(withQuery(path, query), { method: 'GET', headers: {} })
      return parseJson(understandStatus(answer, clock.now())) as Data
    },
    async post<Data>(path: string, body: object, query?: Record<string, string | number>) {
      const answer = await request(withQuery(path, query), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return parseJson(understandStatus(answer, clock.now())) as Data
    },
  }
}

/**
 * Aborts with another signal or after a while, until its end. `AbortSignal.any` would keep each request, with its answer,
 * for as long as its time-out: at twenty requests a second, all of a run's.
 */
function abortedBy(signal: AbortSignal, afterMs: number): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController()
  const abort = () => controller.abort(signal.reason)
  const timer = setTimeout(() => controller.abort(new DOMException('No answer in time.', 'TimeoutError')), afterMs)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    },
  }
}

function withQuery(path: string, query: Record<string, string | number> = {}): string {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))
  return search.size > 0 ? `${path}?${search}` : path
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new StandinError('TRACKUNIT_UNAVAILABLE', { detail: 'The answer was no JSON.' })
  }
}
