import type { InstalledCallback } from '@standin/contracts'
import type { CredentialRow } from '../accounts/account-store.ts'
import { isInForce, nextCredentialState } from '../accounts/credential-lifecycle.ts'
import { comparePositions, type Position } from '../accounts/credential-order.ts'
import { isSuspended } from '../accounts/uninstall-lifecycle.ts'
import type { AuditEvent } from '../audit/audit-kinds.ts'
import { Secret } from '../config/secret.ts'
import {
  type AccountState,
  type Decision,
  dueNow,
  type KnownCallback,
  type ReceivedCredentials,
  type Snapshot,
  trackunit,
  untried,
  withCredentials,
} from './callback-decision.ts'
import { callbackPosition } from './callback-order.ts'
import { rankOf } from './identity-quota.ts'
import { limitUnproven } from './limit-unproven.ts'

/** New credentials never replace those in force here: they are stored as pending, and proven in the background. */
export function decideInstalled(body: InstalledCallback, known: KnownCallback, at: Snapshot): Decision {
  const same = at.account.credentials.find((row) => row.contentDigest === known.contentDigest)
  if (!same) return decideNew(body, known, at)
  const { installation } = at.account
  const isReinstall =
    isInForce(same) && isSuspended(installation, same) && !isSuspended(installation, known.verified.identity)
  if (!isReinstall) return decideSentAgain(same, body, known, at)
  // Installed again after an uninstall: a new generation, which is the one that is recognised from now on.
  return decideNew(body, known, { ...at, account: withCredentials(at.account, { ...same, contentDigest: null }) })
}

/** Known credentials keep the newest of their times, and are proven again if that may change something. */
function decideSentAgain(
  same: ReceivedCredentials,
  { accountId, clientId }: InstalledCallback,
  known: KnownCallback,
  { account, now }: Snapshot,
): Decision {
  const { verified, contentDigest } = known
  const { identity, bound } = verified
  const position = callbackPosition('INSTALLED', identity.issuedAt, contentDigest)
  const isNewer = comparePositions(same, position) < 0
  const bindsNow = bound && !same.bound
  const { generation } = same
  const newest = isNewer ? position : { issuedAt: same.issuedAt, tieBreak: same.tieBreak }
  const changed = { bound: same.bound || bound, rank: Math.min(same.rank, rankOf(known)), claimedBy: null }
  const row = isNewer || bindsNow ? { ...same, ...newest, ...changed } : same

  const mayChangeSomething = same.state === 'awaiting-approval' ? bindsNow : isNewer
  // Pending credentials that an uninstall holds back are not due. Sent again after it, they become due.
  const { installation } = account
  const isReleased = same.state === 'pending' && isSuspended(installation, same) && !isSuspended(installation, newest)
  // Parked ones are probed anyway; now there is a reason to do so at once.
  const staysAsIs = same.state === 'parked' || isReleased
  const state = staysAsIs ? same.state : nextCredentialState(same.state, 'sent-again')
  if (!mayChangeSomething || !state || isOutdated(newest, contentDigest, account))
    return { status: 'duplicate', generation, account: withCredentials(account, row) }
  const moved = state === same.state ? {} : { state, since: now, reason: null }
  return {
    status: 'accepted',
    generation,
    account: withCredentials(account, { ...dueNow(row, now), ...moved, receivedAt: now }),
    audit: { actor: trackunit, event: 'credentials.sent-again', accountId, generation, details: { clientId, bound } },
  }
}

/** Credentials that never came before get a generation of their own. */
function decideNew(body: InstalledCallback, known: KnownCallback, at: Snapshot): Decision {
  const { verified, contentDigest, appliedBefore, clientServesAnother } = known
  const { issuedAt } = verified.identity
  const { uninstalledAt } = at.account.installation
  const isOfEarlierInstallation = uninstalledAt !== null && issuedAt <= uninstalledAt
  if (isOfEarlierInstallation && appliedBefore) return { status: 'duplicate' }

  const bare = withoutSecret(body, known, at)
  // As if it had arrived in order: the uninstall would have erased it.
  if (isOfEarlierInstallation) return added(bare, 'credentials.uninstalled', at, { status: 'superseded' })

  const whole = { ...bare, contentDigest, secret: new Secret(body.clientSecret) }
  if (isOutdated(bare, contentDigest, at.account))
    return added({ ...whole, state: 'superseded' }, 'credentials.superseded', at, { status: 'superseded' })
  if (clientServesAnother) {
    const quarantined = { ...whole, state: 'quarantined', reason: 'CREDENTIALS_QUARANTINED' } as const
    return added(quarantined, 'credentials.quarantined', at, { status: 'accepted' })
  }
  if (isSuspended(at.account.installation, bare))
    return added({ ...whole, state: 'pending' }, 'credentials.received', at, { status: 'superseded' })
  const pending = { ...whole, state: 'pending', nextAttemptAt: at.now } as const
  return added(pending, 'credentials.received', at, { status: 'accepted', isInstall: true })
}

/** The columns of credentials that an uninstall has erased before they were proven. */
const erased = {
  ...untried,
  state: 'uninstalled',
  reason: null,
  sealedSecret: null,
  contentDigest: null,
  nextAttemptAt: null,
  releasedAt: null,
  provenAt: null,
  grantedScopes: null,
  missingFromPlan: null,
  isUnconfirmed: false,
  mac: null, // Signed when its group is sealed.
} as const

/** The row of new credentials, without what an uninstall would have erased. */
const withoutSecret = (
  { accountId, irisAppId: appId, clientId }: InstalledCallback,
  known: KnownCallback,
  { account: { installation }, now }: Snapshot,
): CredentialRow => ({
  ...erased,
  accountId,
  generation: installation.lastGeneration + 1,
  appId,
  clientId,
  bound: known.verified.bound,
  rank: rankOf(known),
  ...callbackPosition('INSTALLED', known.verified.identity.issuedAt, known.contentDigest),
  receivedAt: now,
  since: now,
})

function added(
  row: ReceivedCredentials,
  event: AuditEvent,
  { account: { installation, credentials }, now }: Snapshot,
  decision: Pick<Decision, 'status' | 'isInstall'>,
): Decision {
  const { accountId, generation, clientId, bound } = row
  const kept = limitUnproven([row, ...credentials])
  const dropped = credentials.filter((each) => !kept.includes(each)).map((each) => each.generation)
  return {
    ...decision,
    generation,
    account: {
      installation: { ...installation, lastGeneration: generation, changedAt: now },
      credentials: kept,
    },
    audit: {
      actor: trackunit,
      event,
      accountId,
      generation,
      details: { clientId, bound, ...(dropped.length > 0 && { dropped }) },
    },
  }
}

/** Whether newer credentials are in force. */
const isOutdated = (at: Position, contentDigest: string, { credentials }: AccountState) =>
  credentials.some(
    (row) => row.state === 'active' && row.contentDigest !== contentDigest && comparePositions(row, at) > 0,
  )
