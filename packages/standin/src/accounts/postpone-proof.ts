import { record } from '../audit/record.ts'
import type { Clock } from '../clock.ts'
import { failurePolicy, pauseAfter } from '../trackunit/failure-policy.ts'
import type { Negotiation } from '../trackunit/negotiate-scopes.ts'
import { type ClaimedCredentials, parkedProbeMs, prover, undecidedProbeMs } from './claimed-credentials.ts'
import { moveCredentials, updateCredentials } from './credential-store.ts'
import { isInForce } from './credentials-in-force.ts'
import { nextProof } from './next-proof.ts'
import { parkActive } from './park-credentials.ts'
import type { Uninstall } from './uninstall.ts'
import { doubtAbout, refusalsToBelieve, settleDoubt } from './uninstall-signal.ts'

export interface PatiencePolicy {
  /** New credentials may not work at once: `invalid_client` counts only after this long, and then at once. */
  patienceMs: number
  /** Credentials that served and are refused for this long are taken for uninstalled. */
  abandonedAfterMs: number
}

interface Dependencies {
  clock: Clock
  /** Makes a signalled uninstall effective when the credentials in force turn out to have ended. */
  uninstall: Uninstall
  policy: PatiencePolicy
}

type Failed = Extract<Negotiation, { outcome: 'failed' }>

const pausedProbeMs = 10_000
const inMs = (ms: number, { clock }: Pick<Dependencies, 'clock'>) => new Date(clock.now().getTime() + ms)

/** Trackunit's sign-in is down for all, and was not asked: no attempt. */
export async function comeBack(
  { tx, row }: ClaimedCredentials,
  { retryAfterMs }: { retryAfterMs: number },
  dependencies: Pick<Dependencies, 'clock'>,
): Promise<void> {
  const nextAttemptAt = inMs(Math.max(retryAfterMs, pausedProbeMs), dependencies)
  const told = row.state === 'pending' && ({ reason: 'TRACKUNIT_UNAVAILABLE' } as const)
  await updateCredentials(tx, row, { attempts: row.attempts - 1, nextAttemptAt, ...told })
}

/** They do not work, or it cannot be told: tried again later, or given up as refused. */
export async function postponeProof(
  claimed: ClaimedCredentials,
  failed: Failed,
  dependencies: Dependencies,
): Promise<void> {
  const { tx, row } = claimed
  if (isInForce(row)) return postponeInForce(claimed, failed, dependencies)

  const { patienceMs } = dependencies.policy
  const { accountId, generation, attempts, ofMany } = row
  const triedAt = dependencies.clock.now()
  const ageMs = triedAt.getTime() - row.receivedAt.getTime()
  const next = nextProof({ ...failed, attempts, ageMs, patienceMs, ofMany })
  if (next.do === 'reject') {
    await moveCredentials(tx, row, 'refused', { reason: 'CREDENTIALS_REJECTED', nextAttemptAt: null, triedAt })
    return record(tx, { actor: prover, event: 'credentials.rejected', accountId, generation })
  }
  const { reason } = failurePolicy[failed.failure]
  await updateCredentials(tx, row, { nextAttemptAt: inMs(next.inMs, dependencies), reason, triedAt })
}

/** A probe did not succeed. Refused often enough, it settles what waited for that; an outage says nothing. */
async function postponeInForce(
  { tx, row, account }: ClaimedCredentials,
  { failure, retryAfterMs = 0 }: Failed,
  dependencies: Dependencies,
): Promise<void> {
  const { clock, uninstall, policy } = dependencies
  const isRefused = failurePolicy[failure].refusesCredentials
  const isBelieved = isRefused && row.attempts >= refusalsToBelieve
  const doubt = doubtAbout(row, account)
  if (isBelieved && doubt) return settleDoubt(tx, doubt, { account, uninstall, actor: prover })

  const refusedForMs = row.state === 'parked' ? clock.now().getTime() - row.since.getTime() : 0
  if (isBelieved && refusedForMs >= policy.abandonedAfterMs)
    return uninstall(tx, { installation: account.installation, issuedAt: row.issuedAt, actor: prover })

  if (isRefused && row.state === 'active') await parkActive(tx, row, clock)
  const pauseMs = isRefused && doubt ? pauseAfter(failure, row.attempts) : doubt ? undecidedProbeMs : parkedProbeMs
  const isDone = row.state === 'active' && !isRefused && !doubt
  await updateCredentials(tx, row, {
    triedAt: clock.now(),
    nextAttemptAt: isDone ? null : inMs(Math.max(pauseMs, retryAfterMs), dependencies),
    ...(!isRefused && { attempts: 0 }), // Only refusals in a row count.
  })
}
