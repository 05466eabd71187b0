import { join } from 'node:path'
import { findCredentialsInForce } from '../accounts/credentials-in-force.ts'
import { buildTokens } from '../tokens/build-tokens.ts'
import type { IssueToken } from '../tokens/issue-token.ts'
import { createHandOutSpool } from '../tokens/outage/hand-out-spool.ts'
import type { Foundation } from './open-foundation.ts'
import type { startCredentials } from './start-credentials.ts'

/** Tokens as this process hands them out, with an outage of the database bridged. */
export async function startTokens(
  { config, db, vault, clock, log, listener, watch, audit, metrics, closers, manifestScopes }: Foundation,
  { requestToken, park }: Awaited<ReturnType<typeof startCredentials>>,
): Promise<IssueToken> {
  const { outageServeMs } = config
  const spool = createHandOutSpool({ dir: join(config.database.embeddedDir, 'spool'), outageServeMs }, clock)
  metrics.measureSpool(spool.bytes)
  const { issueToken, startRefreshing } = await buildTokens({
    ...{ db, vault, clock, log, listener, requestToken, manifestScopes },
    recordHandOut: metrics.counted('handOuts', audit.record, (isWritten) => (isWritten ? 'database' : 'refused')),
    findCredentialsInForce: (accountId) => findCredentialsInForce(db, accountId),
    onRefused: park,
    accountClaim: config.trackunit.accountClaim,
    outage: {
      ...{ watch, outageServeMs, spool },
      recordSpooled: metrics.counted('handOuts', audit.recordSpooled, () => 'spool'),
    },
  })
  closers.push(startRefreshing({ ahead: config.parts.includes('worker') }))
  return issueToken
}
