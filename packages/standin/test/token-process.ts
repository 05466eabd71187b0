import { findCredentialsInForce } from '../src/accounts/credentials-in-force.ts'
import { buildAudit } from '../src/audit/build-audit.ts'
import { systemClock } from '../src/clock.ts'
import { connectDatabase } from '../src/database/database.ts'
import { createListener } from '../src/database/listen.ts'
import { createLogger } from '../src/observability/logger.ts'
import { createVault } from '../src/secrets/vault.ts'
import { StandinError } from '../src/standin-error.ts'
import { buildTokens } from '../src/tokens/build-tokens.ts'
import { createTokenEndpoint } from '../src/trackunit/token-endpoint.ts'
import { auditRing } from './audit-stack.ts'

/** What the test tells a process: from where it works, then how many callers ask for whose token at once. */
export type ToProcess =
  | { databaseUrl: string; directUrl?: string; tokenUrl: string; vaultKey: string; name: string; leaseMs: number }
  | { accountId: string; callers: number; rejectedFingerprint?: string }

/** What it says: that it is ready, or what all callers got: the fingerprints, the reasons, and how long the last one waited. */
export type FromProcess = { ready: true } | { got: string[]; tookMs: number }

/** A process of the server as far as tokens go, to be stopped and killed. */
process.once('message', async (setup: ToProcess) => {
  if (!('databaseUrl' in setup)) return
  const { databaseUrl, directUrl, tokenUrl, vaultKey, name, leaseMs } = setup
  const { db } = connectDatabase(databaseUrl, { pooled: directUrl !== undefined })
  const log = createLogger('silent')
  const audit = buildAudit({ db, clock: systemClock, log, policy: { keys: auditRing, retentionMs: 1 } })
  const { issueToken } = await buildTokens({
    ...{ db, clock: systemClock, log },
    vault: createVault([{ kid: 'test', bytes: Buffer.from(vaultKey, 'base64') }]),
    listener: createListener(directUrl ?? databaseUrl),
    requestToken: createTokenEndpoint({ url: tokenUrl, userAgent: name }, { fetch, clock: systemClock }),
    recordHandOut: audit.record,
    findCredentialsInForce: (accountId) => findCredentialsInForce(db, accountId),
    onRefused: async () => {},
    manifestScopes: ['a'],
    accountClaim: undefined,
    leasePolicy: { leaseMs, renewEveryMs: leaseMs / 5 },
  })
  process.on('message', async (message: ToProcess) => {
    if (!('callers' in message)) return
    const { callers, ...wanted } = message
    const askedAtMs = performance.now()
    const ask = async () => {
      try {
        return (await issueToken({ kind: 'system', id: name }, { ...wanted, scopes: ['a'] })).fingerprint
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
