import { createEraseAbandoned } from '../accounts/erase-abandoned.ts'
import { createProveCredentials } from '../accounts/prove-credentials.ts'
import { startBackgroundLoop } from '../background-loop.ts'
import { pauseInOutage } from '../tokens/sign-in-outage.ts'
import { negotiateScopes } from '../trackunit/negotiate-scopes.ts'
import type { RateLimits } from '../trackunit/rate-limits.ts'
import { createTokenEndpoint, type RequestToken } from '../trackunit/token-endpoint.ts'
import type { Foundation } from './open-foundation.ts'

const provingEveryMs = 1_000
const sweepingEveryMs = 3_600_000

/** Trackunit's token endpoint, under the limits that all replicas share, and what proves credentials at it. */
export async function startCredentials(
  { config, db, vault, clock, log, uninstall, listener, userAgent, metrics, closers }: Foundation,
  rateLimits: RateLimits,
) {
  const endpoint = createTokenEndpoint({ url: config.trackunit.tokenUrl, userAgent }, { fetch, clock })
  const exchange = pauseInOutage(metrics.timedExchange(endpoint), { db, log })
  const limitedExchange: RequestToken = async (...asked) => {
    const turn = await rateLimits.beforeExchange()
    return turn.isTaken
      ? exchange(...asked)
      : { outcome: 'failed', failure: 'rate-limited', retryAfterMs: turn.retryAfterMs }
  }
  const requestToken = metrics.counted('exchanges', limitedExchange, (exchanged) =>
    exchanged.outcome === 'failed' ? exchanged.failure : exchanged.outcome,
  )
  const { reinstallPolicy, abandonedAfterMs, patienceMs } = config.callback
  const { proveDue, park } = createProveCredentials({
    ...{ db, vault, clock, log, uninstall, replicaId: listener.replica.id },
    negotiate: (credentials) => negotiateScopes(requestToken, credentials, config.app.scopes),
    policy: {
      ...{ reinstallPolicy, abandonedAfterMs, patienceMs, accountClaim: config.trackunit.accountClaim },
    },
  })
  if (config.parts.includes('worker')) {
    const proving = startBackgroundLoop(proveDue, { everyMs: provingEveryMs, log, name: 'prove-credentials' })
    closers.push(proving.stop)
    await listener.on('credentials_pending', proving.wake, proving.wake)
    const eraseAbandoned = createEraseAbandoned({ db, clock, abandonedAfterMs })
    closers.push(startBackgroundLoop(eraseAbandoned, { everyMs: sweepingEveryMs, log, name: 'erase-abandoned' }).stop)
  }
  return { requestToken, park }
}
