import type { ExchangeFailure } from '../src/trackunit/failure-policy.ts'
import { type PlayedTokenEndpoint, playTokenEndpoint, refusal, tokenAnswer } from './played-trackunit.ts'

/** How Trackunit answers when a token is requested with a client's credentials. */
export type ClientAnswer =
  | {
      outcome: 'granted'
      claims: Record<string, unknown>
      missingFromPlan: readonly string[]
      accessToken?: string
      expiresIn?: number
    }
  | { outcome: 'failed'; failure: ExchangeFailure; retryAfterMs?: number }
type Asked = PlayedTokenEndpoint['asked'][number]
export type ClientBehaviour = ClientAnswer | ((asked: Asked) => ClientAnswer | Promise<ClientAnswer>)

export const refuses: ClientAnswer = { outcome: 'failed', failure: 'invalid-client' }
export const isDown: ClientAnswer = { outcome: 'failed', failure: 'unavailable' }
export const works = (claims: Record<string, unknown> = {}, missingFromPlan: readonly string[] = []): ClientAnswer => ({
  outcome: 'granted',
  claims,
  missingFromPlan,
})

/** Trackunit's token endpoint, played client by client. A client without an entry works. */
export function playClients() {
  const clients = new Map<string, ClientBehaviour>()
  const exchanged: string[] = []
  const played = playTokenEndpoint()
  played.answer = async (asked) => {
    if (!asked.clientSecret.startsWith('s3cr3t')) throw new Error('not the secret that came')
    exchanged.push(asked.clientId)
    const behaviour = clients.get(asked.clientId) ?? works()
    return answer(typeof behaviour === 'function' ? await behaviour(asked) : behaviour, asked.scopes)
  }
  return { clients, exchanged, fetch: played.fetch }
}

const errors: Partial<Record<ExchangeFailure, string>> = {
  'invalid-client': 'invalid_client',
  'invalid-scope': 'invalid_scope',
  'plan-required': 'plan_required',
}

function answer(of: ClientAnswer, scopes: readonly string[]): Response {
  if (of.outcome === 'granted') {
    const isInPlan = scopes.every((scope) => !of.missingFromPlan.includes(scope))
    return isInPlan ? tokenAnswer({ scopes, ...of }) : refusal('plan_required', 400)
  }
  const error = errors[of.failure]
  if (error) return refusal(error)
  const headers = of.retryAfterMs === undefined ? {} : { 'retry-after': String(of.retryAfterMs / 1_000) }
  if (of.failure === 'unavailable') return new Response(null, { status: 503, headers })
  if (of.failure === 'rate-limited') return new Response(null, { status: 429, headers })
  return new Response('<html>', { status: 400 })
}
