import { StandinError } from '../standin-error.ts'
import { type GraphqlAnswer, understandGraphql } from './graphql-answer.ts'
import { readBounded } from './read-bounded.ts'
import { understandStatus } from './rest-answer.ts'

/** Trackunit's APIs with one account's token. Every failure is a `StandinError` of the Trackunit reasons. */
export interface TrackunitClient {
  /**
   * A GraphQL document, a constant; what varies goes into `variables`. Data and errors can come together: then
   * `isPartial` is true.
   */
  graphql<Data>(document: string, variables?: Record<string, unknown>): Promise<GraphqlAnswer<Data>>
  /** A GET of the REST API, by path and query. */
  get<Data>(path: string, query?: Record<string, string | number>): Promise<Data>
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
  signal: AbortSignal
}

const maxBytes = 16 * 1024 * 1024
const timeoutMs = 30_000

export function createTrackunitClient(
  { apiUrl, userAgent }: TrackunitClientPolicy,
  { fetch, token, signal }: Dependencies,
): TrackunitClient {
  async function send(
    path: string,
    init: RequestInit & { headers: Record<string, string> },
    { accessToken }: { accessToken: ApiToken },
  ) {
    try {
      const response = await fetch(`${apiUrl}${path}`, {
        ...init,
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        headers: {
          ...init.headers,
          accept: 'application/json',
          'user-agent': userAgent,
          authorization: `Bearer ${accessToken.reveal()}`,
        },
      })
      return { status: response.status, headers: response.headers, text: await readBounded(response, maxBytes) }
    } catch (cause) {
      signal.throwIfAborted()
      throw new StandinError('TRACKUNIT_UNAVAILABLE', { cause })
    }
  }

  /** A token that is refused is replaced once; the second refusal stands. */
  async function request(path: string, init: RequestInit & { headers: Record<string, string> }): Promise<string> {
    const accessToken = await token()
    const first = await send(path, init, { accessToken })
    const answer =
      first.status === 401 ? await send(path, init, { accessToken: await token(accessToken.fingerprint) }) : first
    return understandStatus(answer)
  }

  return {
    async graphql<Data>(document: string, variables: Record<string, unknown> = {}) {
      const body = JSON.stringify({ query: document, variables })
      // The trailing slash is needed: without it the gateway answers with a page of Manager.
      const text = await request('/api/graphql/', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      return understandGraphql<Data>(text)
    },
    async get<Data>(path: string, query: Record<string, string | number> = {}) {
      const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))
      const text = await request(search.size > 0 ? `${path}?${search}` : path, { method: 'GET', headers: {} })
      return parseJson(text) as Data
    },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new StandinError('TRACKUNIT_UNAVAILABLE', { detail: 'The answer was no JSON.' })
  }
}
