import { record } from '../audit/record.ts'
import type { InTransaction } from '../context.ts'
import { failurePolicy } from '../trackunit/failure-policy.ts'
import type { Negotiation } from '../trackunit/negotiate-scopes.ts'
import { othersSignIn } from '../trackunit/sign-in-outage-store.ts'
import type { Proved } from './accept-proof.ts'
import { type CredentialRow, moveCredentials, updateCredentials } from './account-store.ts'
import type { AccountsContext } from './accounts-context.ts'
import { isInForce } from './credential-lifecycle.ts'
import { isBulkInstall } from './due-credential-store.ts'
import { nextAttempt, parkedPauseMs, signInPauseMs, undecidedProbeMs } from './next-attempt.ts'
import { parkActive, prover } from './park-credentials.ts'
import { countRefusal, isCertain, noRefusals } from './refusal-evidence.ts'
import { applyUnconfirmedChange, unconfirmedChangeOf } from './unconfirmed-change.ts'
import { uninstall } from './uninstall.ts'
import { isSuspended } from './uninstall-lifecycle.ts'

type Failed = Extract<Negotiation, { outcome: 'failed' }>

/** Refusals in a row after which credentials that were refused for `ABANDONED_AFTER_DAYS` are erased; a single one may be a glitch. */
const refusalsToAbandon = 3

const inMs = ({ clock }: InTransaction, ms: number) => new Date(clock.now().getTime() + ms)

/** Trackunit was not asked, because its sign-in is down for all accounts: this does not count as an attempt. */
export async function waitForSignIn(
  tx: InTransaction,
  row: CredentialRow,
  { retryAfterMs }: { retryAfterMs: number },
): Promise<void> {
  const nextAttemptAt = inMs(tx, Math.max(retryAfterMs, signInPauseMs))
  const reason = row.state === 'pending' && ({ reason: 'TRACKUNIT_UNAVAILABLE' } as const)
  await updateCredentials(tx, row, { attempts: row.attempts - 1, nextAttemptAt, ...reason })
}

/** The credentials got no token: they are tried again later, or rejected. */
export async function retryProof(tx: InTransaction<AccountsContext>, proved: Proved, failed: Failed): Promise<void> {
  const { row, account } = proved
  if (isInForce(row)) return retryInForce(tx, proved, failed)
  if (isSuspended(account.installation, row)) return updateCredentials(tx, row, { nextAttemptAt: null })

  const { accountId, generation, attempts } = row
  const triedAt = tx.clock.now()
  const ageMs = triedAt.getTime() - row.receivedAt.getTime()
  const next = nextAttempt({
    ...failed,
    attempts,
    ageMs,
    patienceMs: tx.config.callback.patienceMs,
    isBulk: isBulkInstall(row),
  })
  if (next.do === 'reject') {
    await moveCredentials(tx, row, 'refused', { reason: 'CREDENTIALS_REJECTED', nextAttemptAt: null, triedAt })
    return record(tx, { actor: prover, event: 'credentials.rejected', accountId, generation })
  }
  const { reason } = failurePolicy[failed.failure]
  await updateCredentials(tx, row, { nextAttemptAt: inMs(tx, next.inMs), reason, triedAt })
}

/**
 * A probe failed. An unconfirmed change takes effect once the refusals are certain. Other failures, such as an outage,
 * confirm nothing.
 */
async function retryInForce(
  tx: InTransaction<AccountsContext>,
  { row, account }: Proved,
  { failure, retryAfterMs = 0 }: Failed,
): Promise<void> {
  const now = tx.clock.now()
  const isRefused = failurePolicy[failure].refusesCredentials
  const evidence = isRefused
    ? countRefusal(row, { now, othersSignIn: await othersSignIn(tx.db, row.clientId) })
    : noRefusals
  const change = unconfirmedChangeOf(row, account, now)
  if (change && isCertain(evidence)) return applyUnconfirmedChange(tx, change, { account, actor: prover })

  const stopped = isSuspended(account.installation, row)
  const refusedForMs = row.state === 'parked' ? now.getTime() - row.since.getTime() : 0
  const isAbandoned = isRefused && row.attempts >= refusalsToAbandon
  if (!stopped && isAbandoned && refusedForMs >= tx.config.callback.abandonedAfterMs)
    return uninstall(tx, { installation: account.installation, issuedAt: row.issuedAt, actor: prover })

  const parks = isRefused && row.state === 'active' && !stopped
  if (parks) await parkActive(tx, row)
  const isDone = row.state === 'active' && !isRefused && !change && !row.isUnconfirmed
  const pauseMs = !isRefused ? undecidedProbeMs : parkedPauseMs(parks ? 0 : row.attempts)
  await updateCredentials(tx, row, {
    triedAt: now,
    nextAttemptAt: isDone ? null : inMs(tx, Math.max(pauseMs, retryAfterMs)),
    ...evidence,
    ...(!isRefused && { attempts: 0 }), // Only refusals in a row count.
  })
}
