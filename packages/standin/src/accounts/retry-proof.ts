import { record } from '../audit/record.ts'
import type { InTransaction } from '../context.ts'
import { failurePolicy, pauseAfter } from '../trackunit/failure-policy.ts'
import type { Negotiation } from '../trackunit/negotiate-scopes.ts'
import type { Proved } from './accept-proof.ts'
import { type CredentialRow, moveCredentials, updateCredentials } from './account-store.ts'
import type { AccountsContext } from './accounts-context.ts'
import { isInForce } from './credential-lifecycle.ts'
import { isOfCrowd } from './due-credential-store.ts'
import { nextAttempt, parkedProbeMs, signInPauseMs, undecidedProbeMs } from './next-attempt.ts'
import { parkActive, prover } from './park-credentials.ts'
import { applyUnconfirmedChange, unconfirmedChangeOf } from './unconfirmed-change.ts'
import { uninstall } from './uninstall.ts'

type Failed = Extract<Negotiation, { outcome: 'failed' }>

/** Refusals in a row after which credentials in force are considered revoked; a single refusal may be a glitch. */
const refusalsToBelieve = 3

const inMs = ({ clock }: InTransaction, ms: number) => new Date(clock.now().getTime() + ms)

/** Trackunit was not asked, because its sign-in is down for all: no attempt. */
export async function waitForSignIn(
  tx: InTransaction,
  row: CredentialRow,
  { retryAfterMs }: { retryAfterMs: number },
): Promise<void> {
  const nextAttemptAt = inMs(tx, Math.max(retryAfterMs, signInPauseMs))
  const reason = row.state === 'pending' && ({ reason: 'TRACKUNIT_UNAVAILABLE' } as const)
  await updateCredentials(tx.db, row, { attempts: row.attempts - 1, nextAttemptAt, ...reason })
}

/** The credentials got no token: they are tried again later, or rejected. */
export async function retryProof(tx: InTransaction<AccountsContext>, proved: Proved, failed: Failed): Promise<void> {
  const { row } = proved
  if (isInForce(row)) return retryInForce(tx, proved, failed)

  const { accountId, generation, attempts } = row
  const triedAt = tx.clock.now()
  const ageMs = triedAt.getTime() - row.receivedAt.getTime()
  const next = nextAttempt({
    ...failed,
    attempts,
    ageMs,
    patienceMs: tx.config.callback.patienceMs,
    ofCrowd: isOfCrowd(row),
  })
  if (next.do === 'reject') {
    await moveCredentials(tx.db, row, 'refused', { reason: 'CREDENTIALS_REJECTED', nextAttemptAt: null, triedAt })
    return record(tx, { actor: prover, event: 'credentials.rejected', accountId, generation })
  }
  const { reason } = failurePolicy[failed.failure]
  await updateCredentials(tx.db, row, { nextAttemptAt: inMs(tx, next.inMs), reason, triedAt })
}

/** A probe failed. Enough refusals confirm what waited for that; an outage confirms nothing. */
async function retryInForce(
  tx: InTransaction<AccountsContext>,
  { row, account }: Proved,
  { failure, retryAfterMs = 0 }: Failed,
): Promise<void> {
  const isRefused = failurePolicy[failure].refusesCredentials
  const isBelieved = isRefused && row.attempts >= refusalsToBelieve
  const change = unconfirmedChangeOf(row, account)
  if (isBelieved && change) return applyUnconfirmedChange(tx, change, { account, actor: prover })

  const now = tx.clock.now()
  const refusedForMs = row.state === 'parked' ? now.getTime() - row.since.getTime() : 0
  if (isBelieved && refusedForMs >= tx.config.callback.abandonedAfterMs)
    return uninstall(tx, { installation: account.installation, issuedAt: row.issuedAt, actor: prover })

  if (isRefused && row.state === 'active') await parkActive(tx, row)
  const pauseMs = isRefused && change ? pauseAfter(failure, row.attempts) : change ? undecidedProbeMs : parkedProbeMs
  const isDone = row.state === 'active' && !isRefused && !change
  await updateCredentials(tx.db, row, {
    triedAt: now,
    nextAttemptAt: isDone ? null : inMs(tx, Math.max(pauseMs, retryAfterMs)),
    ...(!isRefused && { attempts: 0 }), // Only refusals in a row count.
  })
}
