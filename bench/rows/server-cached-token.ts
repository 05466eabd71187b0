import { systemClock } from '../../packages/standin/src/clock.ts'
import { Secret } from '../../packages/standin/src/config/secret.ts'
import { createFlights } from '../../packages/standin/src/tokens/flights.ts'
import { createInForceMemory } from '../../packages/standin/src/tokens/in-force-memory.ts'
import { obtainToken } from '../../packages/standin/src/tokens/obtain-token.ts'
import { createTokenCache } from '../../packages/standin/src/tokens/token-cache.ts'
import type { TokensContext } from '../../packages/standin/src/tokens/tokens-context.ts'
import { scopeSet } from '../../packages/standin/src/trackunit/scope-set.ts'
import { accountId } from '../bench-stack.ts'
import type { Comparison } from '../compare.ts'
import { inProcessRate } from '../in-process-rate.ts'
import { octokit } from './cached-token.ts'

/** What the server does for a token in its memory: who serves the account, the token's whole identity, its freshness. */
export function serverCachedToken(): Comparison[] {
  const scopes = scopeSet(['asset.view'])
  const credentials = { accountId, generation: 1, appId: 'app', clientId: 'client', sealedSecret: '', parked: false }
  const find = async () => ({ ...credentials, mac: '', grantedScopes: [...scopes.scopes], missingFromPlan: [] })
  const clock = systemClock
  const inForce = createInForceMemory({ clock, find })
  const cache = createTokenCache()
  const lifetimeMs = 3_600_000
  cache.set(
    { accountId, scopeKey: scopes.key },
    {
      accessToken: new Secret('token'),
      fingerprint: 'f',
      generation: 1,
      lifetimeMs,
      endsAtMs: clock.monotonicMs() + lifetimeMs,
    },
  )
  // Nothing else is reached while the token is in memory.
  const ctx = { clock, tokens: { cache, inForce, flights: createFlights() } } as unknown as TokensContext
  const call = async () => {
    const found = inForce.get(accountId) // As `issueToken` does: what is in memory is not awaited.
    return obtainToken(ctx, { credentials: found instanceof Promise ? await found : found, scopes })
  }
  return [
    {
      id: 'server-cached-token',
      name: 'the server: a token in its memory, identity and expiry checked, awaited',
      unit: 'calls/s',
      goal: 6,
      stretch: 10,
      better: 'more',
      subject: {
        name: 'packages/standin',
        warmUp: async () => void (await inProcessRate(call)),
        measure: () => inProcessRate(call),
      },
      reference: octokit(),
    },
  ]
}
