import type { TrackunitCallback, UninstalledCallback, UnknownCallback } from '@standin/contracts'
import { isInForce } from '../accounts/credential-lifecycle.ts'
import { comparePositions } from '../accounts/credential-order.ts'
import { isSuspended, liveSignal, unstopped } from '../accounts/uninstall-lifecycle.ts'
import { Secret } from '../config/secret.ts'
import {
  type AccountState,
  type Decision,
  dueNow,
  type KnownCallback,
  type Snapshot,
  trackunit,
  withCredentials,
} from './callback-decision.ts'
import { callbackPosition } from './callback-order.ts'
import { decideInstalled } from './decide-installed.ts'

type Kind = TrackunitCallback['kind']
type BodyOf<Of extends Kind> = Extract<TrackunitCallback, { kind: Of }>['body']

/** What each type of callback does. A type without an entry does not compile. */
const kinds: { [Each in Kind]: (body: BodyOf<Each>, known: KnownCallback, at: Snapshot) => Decision } = {
  INSTALLED: decideInstalled,
  UNINSTALLED: decideUninstalled,
  unknown: decideUnknown,
}

/** Pure: what a callback changes depends on what it says and on its account, not on when or how often it arrives. */
export const decideCallback = <Of extends Kind>(
  { kind, body }: { kind: Of; body: BodyOf<Of> },
  known: KnownCallback,
  at: Snapshot,
): Decision => kinds[kind](body, known, at)

/**
 * If it is bound, everything that was sent before it stops, at once. Otherwise it is a signal: it is shown, and the
 * credentials in force are probed.
 */
function decideUninstalled(
  { accountId }: UninstalledCallback,
  { verified: { identity, bound }, contentDigest }: KnownCallback,
  at: Snapshot,
): Decision {
  const { issuedAt } = identity
  const { installation, credentials } = at.account
  const { uninstalledAt, suspendedUpTo, restoredUpTo, uninstallDismissedAt } = installation
  const isKnown = (...moments: Array<Date | null>) => moments.some((moment) => moment && issuedAt <= moment)
  if (isKnown(uninstalledAt, suspendedUpTo)) return { status: 'duplicate' }
  const position = callbackPosition('UNINSTALLED', issuedAt, contentDigest)
  const active = unstopped(at.account)
  const isSuperseded = active !== undefined && comparePositions(active, position) > 0
  if (bound) {
    if (isKnown(restoredUpTo)) return { status: 'duplicate' }
    const account = suspended(at, issuedAt)
    if (isSuperseded) return { status: 'superseded', account } // It stops only what is older than what is in force.
    const audit = { actor: trackunit, event: 'installation.suspended', accountId } as const
    return { status: 'accepted', account, audit, suspends: active !== undefined }
  }
  if (isSuperseded) return { status: 'superseded' }
  if (isKnown(installation.uninstallSignalledAt, uninstallDismissedAt)) return { status: 'duplicate' }
  const signalled = { ...installation, uninstallSignalledAt: issuedAt, changedAt: at.now }
  const wasSignalled = liveSignal(installation, at.now) !== undefined
  const probed = active && (wasSignalled ? { ...active, nextAttemptAt: at.now } : dueNow(active, at.now))
  const account = { installation: signalled, credentials }
  return {
    status: 'accepted',
    account: probed ? withCredentials(account, probed) : account,
    audit: { actor: trackunit, event: 'installation.uninstall-signalled', accountId },
  }
}

/** Stops everything that was sent before. Nothing is erased: the account can be restored as it was. */
function suspended({ account, now }: Snapshot, issuedAt: Date): AccountState {
  const { suspendedAt, uninstallSignalledAt } = account.installation
  const active = unstopped(account)
  const isStopped = active === undefined && suspendedAt !== null
  const installation = {
    ...account.installation,
    // A row that serves no account needs no signature: only `restore` can bring its generation back.
    ...(!(active && active.issuedAt > issuedAt) && { activeGeneration: null, mac: null }),
    suspendedUpTo: issuedAt,
    // Sent again with a newer identity, an uninstall does not postpone the erasure.
    suspendedAt: isStopped ? suspendedAt : now,
    uninstallSignalledAt: uninstallSignalledAt && uninstallSignalledAt > issuedAt ? uninstallSignalledAt : null,
    changedAt: now,
  }
  const credentials = account.credentials.map((row) => {
    if (!isSuspended(installation, row)) return row
    if (row.state === 'pending') return { ...row, claimedBy: null, nextAttemptAt: null }
    return isInForce(row) && !isStopped ? dueNow(row, now) : row
  })
  return { installation, credentials }
}

/** A type that has no meaning yet is kept, sealed, and changes nothing. */
function decideUnknown(
  body: UnknownCallback,
  { appliedBefore }: KnownCallback,
  { account: { installation } }: Snapshot,
): Decision {
  if (appliedBefore) return { status: 'ignored' }
  return {
    status: 'ignored',
    generation: installation.lastGeneration,
    kept: new Secret(JSON.stringify(body)),
    audit: { actor: trackunit, event: 'callback.ignored', accountId: body.accountId },
  }
}
