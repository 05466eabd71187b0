import type { Context } from '../context.ts'
import { traced } from '../observability/traced.ts'
import { toRefusal } from '../refusal.ts'
import { takeExchangeTurn } from './rate-limits.ts'
import type { ScopeSet } from './scope-set.ts'
import { pauseInOutage } from './sign-in-outage.ts'
import { askTokenEndpoint, type ClientCredentials, type Exchange } from './token-endpoint.ts'

/**
 * Asks Trackunit for an access token with an account's credentials: in its turn under the request rate, not while the
 * sign-in is down for all accounts, and without a retry.
 */
export async function requestToken(ctx: Context, credentials: ClientCredentials, scopes: ScopeSet): Promise<Exchange> {
  try {
    const turn = await takeExchangeTurn(ctx)
    const exchange: Exchange = turn.isTaken
      ? await pauseInOutage(ctx, credentials, () => timedRequest(ctx, credentials, scopes))
      : { outcome: 'failed', failure: 'rate-limited', retryAfterMs: turn.retryAfterMs }
    ctx.metrics.countExchange(failureOf(exchange) ?? exchange.outcome)
    return exchange
  } catch (error) {
    ctx.metrics.countExchange(toRefusal(error).reason)
    throw error
  }
}

async function timedRequest(ctx: Context, credentials: ClientCredentials, scopes: ScopeSet): Promise<Exchange> {
  const end = ctx.metrics.timeExchange()
  const ask = () => askTokenEndpoint(ctx, credentials, scopes)
  return traced('standin.exchange', {}, ask, failureOf).finally(end)
}

const failureOf = (exchange: Exchange) => (exchange.outcome === 'failed' ? exchange.failure : undefined)
