import { record } from '../audit/record.ts'
import type { Clock } from '../clock.ts'
import type { Transaction } from '../database/database.ts'
import type { Negotiation } from '../trackunit/negotiate-scopes.ts'
import { bringIntoForce } from './bring-into-force.ts'
import { type ClaimedCredentials, parkedProbeMs, prover, undecidedProbeMs } from './claimed-credentials.ts'
import { comparePositions } from './credential-order.ts'
import {
  type CredentialRow,
  clientServesAnother,
  lockClient,
  moveCredentials,
  probeCredentials,
  updateCredentials,
} from './credential-store.ts'

export interface SettlingPolicy {
  reinstallPolicy: 'approve' | 'automatic'
  accountClaim: string | undefined
}

type Granted = Extract<Negotiation, { outcome: 'granted' }>

/** They work: decides whether they are this account's, and whether they come into force. */
export async function settleProven(
  { tx, row, account }: ClaimedCredentials,
  { granted, missingFromPlan, token }: Granted,
  { clock, policy }: { clock: Clock; policy: SettlingPolicy },
): Promise<void> {
  if (row.state === 'active') return updateCredentials(tx, row, { attempts: 0, nextAttemptAt: null })
  const { accountId, generation, clientId } = row
  const details = { scopes: granted.scopes, clientId }
  const said = { actor: prover, accountId, generation, details }
  const found = { grantedScopes: [...granted.scopes], missingFromPlan: [...missingFromPlan] }
  const proven = { provenAt: clock.now(), ...found, nextAttemptAt: null, attempts: 0, ofMany: false }
  const inMs = (ms: number) => new Date(clock.now().getTime() + ms)

  const claimed = policy.accountClaim === undefined ? undefined : token?.claims[policy.accountClaim]
  const isNamedByToken = policy.accountClaim !== undefined && token !== undefined
  const namesAnother = isNamedByToken && !isAccount(accountId, claimed)
  if (namesAnother || (await isForeignClient(tx, row))) {
    const reason = 'CREDENTIALS_QUARANTINED'
    if (await moveCredentials(tx, row, 'foreign', { reason, nextAttemptAt: null }))
      return record(tx, { ...said, event: 'credentials.quarantined' })
    return updateCredentials(tx, row, { reason, nextAttemptAt: inMs(parkedProbeMs) }) // Parked ones stay so.
  }

  const { installation, rows } = account
  const inForce = rows.find((each) => each.generation === installation.activeGeneration)
  if (inForce && inForce !== row && comparePositions(inForce, row) > 0) {
    await moveCredentials(tx, row, 'outdated', proven)
    return record(tx, { ...said, event: 'credentials.superseded' })
  }
  const isTrusted = row.bound || isNamedByToken || policy.reinstallPolicy === 'automatic'
  const isFirst = inForce === undefined && !isTrusted
  if (isFirst && rows.some(({ state, bound }) => state === 'pending' && bound))
    return updateCredentials(tx, row, { nextAttemptAt: inMs(undecidedProbeMs) }) // The account's own come first.
  if (!isTrusted && inForce && inForce !== row) {
    await moveCredentials(tx, row, 'proven-unbound', { ...proven, reason: 'CREDENTIALS_AWAITING_APPROVAL' })
    await record(tx, { ...said, event: 'credentials.awaiting-approval' })
    return probeCredentials(tx, inForce, clock.now()) // Whether the old ones still work decides.
  }
  await bringIntoForce(tx, row, { event: 'proven', change: proven, account })
  await record(tx, { ...said, event: 'credentials.proven' })
}

/** Whether their client serves another account. */
async function isForeignClient(tx: Transaction, row: CredentialRow): Promise<boolean> {
  await lockClient(tx, row.clientId)
  // Where they served before, it is the other account's that were released.
  const isNew = row.provenAt === null && row.releasedAt === null
  return isNew && (await clientServesAnother(tx, row.clientId, row.accountId))
}

/** Whether a token's claim is this account, in whatever case its GUID is written. */
const isAccount = (accountId: string, claim: unknown) => typeof claim === 'string' && claim.toLowerCase() === accountId
