import type { Secret } from '../config/secret.ts'
import type { Context } from '../context.ts'
import { StandinError } from '../standin-error.ts'
import { understandGraphql } from './graphql-answer.ts'
import { type AnyDocument, textOfDocument, withRateLimit } from './graphql-document.ts'
import { limitsFor, type RequestLimits } from './rate-limits.ts'
import type { RestMethod } from './rate-rules.ts'
import { type ApiAnswer, understandStatus } from './rest-answer.ts'
import { type ApiRequest, sendRequest } from './send-request.ts'
import type { Query, TrackunitRequests } from './trackunit-client.ts'

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

/** Trackunit's APIs for one account, within its limits, for changes too. Keeps the account's token for many requests. */
export function createAccountClient(
  ctx: Context,
  { accountId, isUrgent, signal, cut = signal, mayBegin, token }: AccountOfClient,
  limits: RequestLimits = limitsFor(ctx, { accountId, isUrgent }, signal),
): TrackunitRequests {
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

  async function rest<Data>(method: RestMethod, path: string, body?: object, query?: Query): Promise<Data> {
    const init = { method, headers: body ? json : {}, ...(body && { body: JSON.stringify(body) }) }
    return parseJson(understandStatus(await ask(withQuery(path, query), init), ctx.clock.now())) as Data
  }

  return {
    async graphql<Data>(given: string | AnyDocument, variables: object = {}) {
      const document = textOfDocument(given)
      const body = JSON.stringify({ query: withRateLimit(document), variables })
      // The trailing slash is needed: without it the gateway answers with a page of Manager.
      const answer = await ask('/api/graphql/', { method: 'POST', headers: json, body }, document)
      return understandGraphql<Data>(answer, ctx.clock.now())
    },
    get: (path, query) => rest('GET', path, undefined, query),
    post: (path, body, query) => rest('POST', path, body, query),
    put: (path, body, query) => rest('PUT', path, body, query),
    patch: (path, body, query) => rest('PATCH', path, body, query),
    delete: (path, query) => rest('DELETE', path, undefined, query),
  }
}

const json = { 'content-type': 'application/json' }

function withQuery(path: string, query: Query = {}): string {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))
  return search.size > 0 ? `${path}?${search}` : path
}

/** Undefined for an answer without content, such as that to a DELETE. */
function parseJson(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw new StandinError('TRACKUNIT_UNAVAILABLE', { detail: 'The answer was not JSON.' })
  }
}
