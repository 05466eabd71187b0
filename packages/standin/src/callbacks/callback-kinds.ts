import type { TrackunitCallback, UninstalledCallback, UnknownCallback } from '@standin/contracts'
import { comparePositions } from '../accounts/credential-order.ts'
import { Secret } from '../config/secret.ts'
import {
  type Decision,
  dueNow,
  type KnownCallback,
  type Moment,
  trackunit,
  withCredentials,
} from './callback-decision.ts'
import { callbackPosition } from './callback-order.ts'
import { decideInstalled } from './decide-installed.ts'

type Kind = TrackunitCallback['kind']
type BodyOf<Of extends Kind> = Extract<TrackunitCallback, { kind: Of }>['body']

/** What each type of callback does. A type without an entry does not compile. */
const kinds: { [Each in Kind]: (body: BodyOf<Each>, known: KnownCallback, at: Moment) => Decision } = {
  INSTALLED: decideInstalled,
  UNINSTALLED: decideUninstalled,
  unknown: decideUnknown,
}

/** Pure: what a callback changes depends on what it says and on its account, not on when or how often it arrives. */
export const decideCallback = <Of extends Kind>(
  { kind, body }: { kind: Of; body: BodyOf<Of> },
  known: KnownCallback,
  at: Moment,
): Decision => kinds[kind](body, known, at)

/** Takes effect only if its identity names the account. Otherwise it is a signal: it is shown, and the credentials in force are probed. */
function decideUninstalled(
  { accountId }: UninstalledCallback,
  { verified: { identity, bound }, contentDigest }: KnownCallback,
  { account: { installation, credentials }, now }: Moment,
): Decision {
  const { issuedAt } = identity
  const { uninstalledAt, uninstallSignalledAt, uninstallDismissedAt, activeGeneration } = installation
  if (uninstalledAt && issuedAt <= uninstalledAt) return { status: 'duplicate' }
  const position = callbackPosition('UNINSTALLED', issuedAt, contentDigest)
  const active = credentials.find(({ generation }) => generation === activeGeneration)
  const isSuperseded = active !== undefined && comparePositions(active, position) > 0
  if (bound) return { status: isSuperseded ? 'superseded' : 'accepted', uninstalls: true }
  if (isSuperseded) return { status: 'superseded' }
  const isKnown = [uninstallSignalledAt, uninstallDismissedAt].some((at) => at && issuedAt <= at)
  if (isKnown) return { status: 'duplicate' }
  const signalled = { installation: { ...installation, uninstallSignalledAt: issuedAt, changedAt: now }, credentials }
  return {
    status: 'accepted',
    account: active ? withCredentials(signalled, dueNow(active, now)) : signalled,
    audit: { actor: trackunit, event: 'installation.uninstall-signalled', accountId },
  }
}

/** A type that has no meaning yet is kept, sealed, and changes nothing. */
function decideUnknown(
  body: UnknownCallback,
  { appliedBefore }: KnownCallback,
  { account: { installation } }: Moment,
): Decision {
  if (appliedBefore) return { status: 'ignored' }
  return {
    status: 'ignored',
    generation: installation.lastGeneration,
    kept: new Secret(JSON.stringify(body)),
    audit: { actor: trackunit, event: 'callback.ignored', accountId: body.accountId },
  }
}
