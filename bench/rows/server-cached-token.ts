import { systemClock } from '../../packages/standin/src/clock.ts'
import { Secret } from '../../packages/standin/src/config/secret.ts'
import { createInForceMemory } from '../../packages/standin/src/tokens/in-force-memory.ts'
import { createObtainToken } from '../../packages/standin/src/tokens/obtain-token.ts'
import { createTokenCache } from '../../packages/standin/src/tokens/token-cache.ts'
import { scopeSet } from '../../packages/standin/src/trackunit/scope-set.ts'
import { accountId } from '../bench-stack.ts'
import type { Comparison } from '../compare.ts'
import { inProcessRate } from '../in-process-rate.ts'
import { octokit } from './cached-token.ts'

/** What the server looks at for a token in its memory: who serves the account, the token's whole identity, its freshness. */
export function serverCachedToken(): Comparison[] {
  const credentials = { accountId, generation: 1, appId: 'app', clientId: 'client', sealedSecret: '', parked: false }
  const clock = systemClock
  const cache = createTokenCache()
  const scopes = scopeSet(['asset.view'])
  const notAsked = () => Promise.reject(new Error('the token is in memory'))
  const inForce = createInForceMemory({
    clock,
    find: async () => ({ ...credentials, grantedScopes: scopes.scopes, missingFromPlan: [] }),
  })
  const lifetimeMs = 3_600_000
  cache.set(
    { accountId, scopeKey: scopes.key },
    {
      ...{ accessToken: new Secret('token'), fingerprint: 'f', generation: 1, lifetimeMs },
      endsAtMs: clock.monotonicMs() + lifetimeMs,
    },
  )
  // None of the others is reached while the token is in memory.
  const obtainToken = createObtainToken({
    ...({} as Parameters<typeof createObtainToken>[0]),
    ...{ clock, cache, random: Math.random, onRefused: notAsked, exchangeToken: notAsked },
  })
  const call = async () => {
    const found = inForce.get(accountId, { fresh: false }) // As `createIssueToken` asks: what is there is not awaited.
    return obtainToken({ credentials: found instanceof Promise ? await found : found, scopes })
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
