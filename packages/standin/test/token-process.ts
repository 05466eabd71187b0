import { systemClock } from '../src/clock.ts'
import { connectDatabase } from '../src/database/database.ts'
import { StandinError } from '../src/standin-error.ts'
import { issueToken } from '../src/tokens/issue-token.ts'
import { hearOthers } from '../src/wiring/hear-others.ts'
import { openTestReplica } from './test-replica.ts'
import { withTokens } from './token-stack.ts'

/** What the test tells a process: from where it works, then how many callers ask for whose token at once. */
export type ToProcess =
  | { databaseUrl: string; directUrl?: string; tokenUrl: string; name: string; leaseMs: number }
  | { accountId: string; callers: number; rejectedFingerprint?: string }

/** What it says: that it is ready, or what all callers got: the fingerprints, the reasons, and how long the last one waited. */
export type FromProcess = { ready: true } | { got: string[]; tookMs: number }

/** A process of the server as far as tokens go, to be stopped and killed. */
process.once('message', async (setup: ToProcess) => {
  if (!('databaseUrl' in setup)) return
  const { databaseUrl, directUrl, tokenUrl, name, leaseMs } = setup
  const connection = connectDatabase(databaseUrl, { pooled: directUrl !== undefined })
  const environment = { STANDIN_PARTS: 'api', TRACKUNIT_TOKEN_URL: tokenUrl, TRACKUNIT_MAX_REQUESTS_PER_S: '10000' }
  const app = { scopes: [{ scope: 'a', optional: false }] }
  const replica = openTestReplica(
    { url: directUrl ?? databaseUrl },
    { environment, app, fetch, connection, clock: systemClock },
  )
  const ctx = withTokens({ ...replica.ctx, userAgent: name })
  ctx.tokens.lease = { leaseMs, renewEveryMs: leaseMs / 5 }
  await hearOthers(ctx)
  process.on('message', async (message: ToProcess) => {
    if (!('callers' in message)) return
    const { callers, ...wanted } = message
    const askedAtMs = performance.now()
    const ask = async () => {
      try {
        return (await issueToken(ctx, { kind: 'system', id: name }, { ...wanted, scopes: ['a'] })).fingerprint
      } catch (error) {
        return error instanceof StandinError ? error.reason : String(error)
      }
    }
    const got = [...new Set(await Promise.all(Array.from({ length: callers }, ask)))]
    say({ got, tookMs: performance.now() - askedAtMs })
  })
  say({ ready: true })
})

const say = (message: FromProcess) => process.send?.(message)
