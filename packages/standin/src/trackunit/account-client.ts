import type { Secret } from '../config/secret.ts'
import type { Context } from '../context.ts'
import { StandinError } from '../standin-error.ts'
import { understandGraphql, withRateLimit } from './graphql-answer.ts'
import { limitsFor, type RequestLimits } from './rate-limits.ts'
import { type ApiAnswer, understandStatus } from './rest-answer.ts'
import { type ApiRequest, sendRequest } from './send-request.ts'
import type { TrackunitClient } from './trackunit-client.ts'

interface ApiToken {
  accessToken: Secret
  /** Names the token when an API refuses it. */
  fingerprint: string
  leftMs: number
}

export interface AccountOfClient {
  accountId: string
  /** Whether a person or a service waits for the answers. */
  isUrgent: boolean
  /** Once it aborts, no request begins. */
  signal: AbortSignal
  /** Ends the requests that are under way; by default `signal` does. */
  cut?: AbortSignal
  /** Waited for right before each request, after its turn under the limits. */
  mayBegin?: () => Promise<void>
  /** A valid token; given the fingerprint of one that an API refused, a newer one. */
  token: (rejectedFingerprint?: string) => Promise<ApiToken>
}

/** A token is asked for again well before it ends, and at least this often, so that an uninstall is noticed. */
const reuseAtMostMs = 60_000

/** Trackunit's APIs for one account, within its limits. Keeps the account's token for many requests. */
export function createAccountClient(
  ctx: Context,
  { accountId, isUrgent, signal, cut = signal, mayBegin, token }: AccountOfClient,
  limits: RequestLimits = limitsFor(ctx, { accountId, isUrgent }, signal),
): TrackunitClient {
  let held: { token: ApiToken; untilMs: number } | undefined

  async function validToken(rejectedFingerprint?: string): Promise<ApiToken> {
    if (!held || rejectedFingerprint !== undefined || held.untilMs <= ctx.clock.monotonicMs()) {
      const issued = await token(rejectedFingerprint)
      held = { token: issued, untilMs: ctx.clock.monotonicMs() + Math.min(reuseAtMostMs, issued.leftMs / 2) }
    }
    return held.token
  }

  /** Replaces a refused token once; the second refusal stands. */
  async function ask(path: string, init: ApiRequest['init'], document?: string): Promise<ApiAnswer> {
    const send = ({ accessToken }: ApiToken) =>
      sendRequest(ctx, { path, init, document }, { accessToken, limits, signal, cut, mayBegin })
    const first = await validToken()
    const answer = await send(first)
    return answer.status === 401 ? send(await validToken(first.fingerprint)) : answer
  }

  const headers = { 'content-type': 'application/json' }
  return {
    async graphql<Data>(document: string, variables: Record<string, unknown> = {}) {
      const body = JSON.stringify({ query: withRateLimit(document), variables })
      // The trailing slash is needed: without it the gateway answers with a page of Manager.
      const answer = await ask('/api/graphql/', { method: 'POST', headers, body }, document)
      return understandGraphql<Data>(answer, ctx.clock.now())
    },
    async get<Data>(path: string, query?: Record<string, string | number>) {
      const answer = await ask(withQuery(path, query), { method: 'GET', headers: {} })
      return parseJson(understandStatus(answer, ctx.clock.now())) as Data
    },
    async post<Data>(path: string, body: object, query?: Record<string, string | number>) {
      const answer = await ask(withQuery(path, query), { method: 'POST', headers, body: JSON.stringify(body) })
      return parseJson(understandStatus(answer, ctx.clock.now())) as Data
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
