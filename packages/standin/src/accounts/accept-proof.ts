import { record } from '../audit/record.ts'
import type { InTransaction } from '../context.ts'
import type { Negotiation } from '../trackunit/negotiate-scopes.ts'
import {
  type Account,
  type CredentialRow,
  clientServesAnother,
  lockClient,
  moveCredentials,
  probeCredentials,
  updateCredentials,
  updateInstallation,
} from './account-store.ts'
import { activateCredentials } from './activate-credentials.ts'
import { isInForce } from './credential-lifecycle.ts'
import { comparePositions } from './credential-order.ts'
import { parkedProbeMs, undecidedProbeMs } from './next-attempt.ts'
import { prover } from './park-credentials.ts'
import { noRefusals } from './refusal-evidence.ts'
import { isSuspended } from './uninstall-lifecycle.ts'

/** Erasing the data of the previous installation takes seconds; the new one comes into force after that. */
const whileErasingMs = 2_000

/** Credentials whose proof has ended, as they are now. Their account is locked. */
export interface Proved {
  row: CredentialRow
  account: Account
}

type Granted = Extract<Negotiation, { outcome: 'granted' }>

/** The credentials work: decides whether they belong to this account, and whether they come into force. */
export async function acceptProof(tx: InTransaction, { row, account }: Proved, proof: Granted): Promise<void> {
  const now = tx.clock.now()
  const { installation, credentials } = account
  if (isSuspended(installation, row)) {
    // Those in force are probed until the uninstall is settled; the others wait until then.
    const nextAttemptAt = isInForce(row) ? after(now, parkedProbeMs) : null
    return updateCredentials(tx, row, { attempts: 0, ...noRefusals, nextAttemptAt, isUnconfirmed: false })
  }
  if (row.state === 'active') {
    await updateCredentials(tx, row, { attempts: 0, ...noRefusals, nextAttemptAt: null, isUnconfirmed: false })
    // Work that waits for the account's access can continue.
    if (row.isUnconfirmed) await updateInstallation(tx, row.accountId, {})
    return
  }
  if (installation.erasingSince) return updateCredentials(tx, row, { nextAttemptAt: after(now, whileErasingMs) })
  const { accountId, generation, clientId } = row
  const entry = { actor: prover, accountId, generation, details: { scopes: proof.granted.scopes, clientId } }

  const named = namedBy(proof, tx.config.trackunit.accountClaim, accountId)
  if (named === 'another' || (await isForeignClient(tx, row))) {
    const reason = 'CREDENTIALS_QUARANTINED'
    if (await moveCredentials(tx, row, 'foreign', { reason, nextAttemptAt: null }))
      return record(tx, { ...entry, event: 'credentials.quarantined' })
    return updateCredentials(tx, row, { reason, nextAttemptAt: after(now, parkedProbeMs) }) // Parked ones stay parked.
  }

  const proven = {
    provenAt: now,
    grantedScopes: [...proof.granted.scopes],
    missingFromPlan: [...proof.missingFromPlan],
    nextAttemptAt: null,
    attempts: 0,
    ...noRefusals,
    rank: 0,
    isUnconfirmed: false,
  }
  const inForce = credentials.find(isInForce)
  if (inForce && inForce !== row && comparePositions(inForce, row) > 0) {
    await moveCredentials(tx, row, 'outdated', proven)
    return record(tx, { ...entry, event: 'credentials.superseded' })
  }

  const isTrusted = row.bound || named === 'this' || tx.config.callback.reinstallPolicy === 'automatic'
  if (!isTrusted && !inForce && credentials.some(({ state, bound }) => state === 'pending' && bound))
    return updateCredentials(tx, row, { nextAttemptAt: after(now, undecidedProbeMs) }) // The bound ones come first.
  if (!isTrusted && inForce && inForce !== row) {
    await moveCredentials(tx, row, 'proven-unbound', { ...proven, reason: 'CREDENTIALS_AWAITING_APPROVAL' })
    await record(tx, { ...entry, event: 'credentials.awaiting-approval' })
    return probeCredentials(tx, inForce, now) // If Trackunit refuses these, the new ones take over.
  }
  await activateCredentials(tx, row, { event: 'proven', change: proven, account })
  await record(tx, { ...entry, event: 'credentials.proven' })
}

/** Which account the token names; undefined if no claim is configured, or there is no token to read it from. */
function namedBy({ token }: Granted, claim: string | undefined, accountId: string): 'this' | 'another' | undefined {
  if (claim === undefined || token === undefined) return undefined
  const value = token.claims[claim]
  // A GUID may be written in any case.
  return typeof value === 'string' && value.toLowerCase() === accountId ? 'this' : 'another'
}

/** Whether their client serves another account. */
async function isForeignClient(tx: InTransaction, row: CredentialRow): Promise<boolean> {
  await lockClient(tx.db, row.clientId)
  // Credentials that served before are the first owner's; the other account's were released by an operator.
  const isNew = row.provenAt === null && row.releasedAt === null
  return isNew && (await clientServesAnother(tx.db, row.clientId, row.accountId))
}

const after = (now: Date, ms: number) => new Date(now.getTime() + ms)
