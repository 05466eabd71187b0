import type { CallbackStatus, TrackunitCallback } from '@standin/contracts'
import { nextCredentialState } from '../accounts/credential-lifecycle.ts'
import { comparePositions, type Position } from '../accounts/credential-order.ts'
import type { CredentialRow } from '../accounts/credential-store.ts'
import type { InstallationRow } from '../accounts/installation-store.ts'
import type { AuditEvent } from '../audit/audit-kinds.ts'
import type { AuditEntry } from '../audit/record.ts'
import { Secret } from '../config/secret.ts'
import { callbackPosition } from './callback-order.ts'

/** An account as a callback finds it: its row, and all its credentials, the newest generation first. */
export interface AccountOfCallback {
  installation: InstallationRow
  credentials: readonly ReceivedCredentials[]
}

/** Credentials that this transaction brings have a secret that is not sealed yet. */
export type ReceivedCredentials = CredentialRow & { secret?: Secret }

/** A verified callback, and what is known of it. */
export interface CallbackSaid<Body> {
  body: Body
  issuedAt: Date
  contentDigest: string
  /** Whether its identity names the account. */
  bound: boolean
  /** Whether the same was said before. */
  takenBefore: boolean
  /** Whether its JWT names no account and has brought many others. */
  isOfMany: boolean
  /** Whether its client id serves, or once served, another account. */
  clientServesAnother: boolean
}

/** What a callback comes to. */
export interface Decision {
  status: CallbackStatus
  /** The credentials that it is about. */
  generation?: number
  /** The account after it, where it changes anything of it. */
  account?: AccountOfCallback
  /** What is recorded of it. */
  said?: AuditEntry
  /** Services are told of an account that installs. */
  isInstall?: boolean
  /** What of it is kept sealed. */
  kept?: Secret
  /** It ends the installation, with all that every part keeps of it. */
  uninstalls?: boolean
}

type Kinds = {
  [Kind in TrackunitCallback['kind']]: (
    said: CallbackSaid<Extract<TrackunitCallback, { kind: Kind }>['body']>,
    account: AccountOfCallback,
    now: Date,
  ) => Decision
}

export const trackunit = { kind: 'trackunit', id: 'callback' } as const

/** What each type of callback does. A type without an entry does not compile. */
const kinds: Kinds = {
  /** New credentials never replace those in force here: they are stored as pending, and proven in the background. */
  INSTALLED(said, account, now) {
    const same = account.credentials.find((row) => row.contentDigest === said.contentDigest)
    return same ? sentAgain(said, { account, same, now }) : received(said, account, now)
  },

  /** Only one whose identity names the account takes effect; any other is a signal: it is shown, and what is in force is probed. */
  UNINSTALLED({ body: { accountId }, issuedAt, contentDigest, bound }, { installation, credentials }, now) {
    const { uninstalledAt, uninstallSignalledAt, uninstallDismissedAt, activeGeneration } = installation
    if (uninstalledAt && issuedAt <= uninstalledAt) return { status: 'duplicate' }
    const position = callbackPosition('UNINSTALLED', issuedAt, contentDigest)
    const active = credentials.find(({ generation }) => generation === activeGeneration)
    const isSuperseded = active !== undefined && comparePositions(active, position) > 0
    if (bound) return { status: isSuperseded ? 'superseded' : 'accepted', uninstalls: true }
    if (isSuperseded) return { status: 'superseded' }
    const isKnown = [uninstallSignalledAt, uninstallDismissedAt].some((at) => at && issuedAt <= at)
    if (isKnown) return { status: 'duplicate' }
    const account = { installation: { ...installation, uninstallSignalledAt: issuedAt, changedAt: now }, credentials }
    return {
      status: 'accepted',
      account: active ? withCredentials(account, dueAt(active, now)) : account,
      said: { actor: trackunit, event: 'installation.uninstall-signalled', accountId },
    }
  },

  /** Kept, sealed, for whoever reads it one day; it does nothing. */
  unknown({ body, takenBefore }, { installation }) {
    if (takenBefore) return { status: 'ignored' }
    return {
      status: 'ignored',
      generation: installation.lastGeneration,
      kept: new Secret(JSON.stringify(body)),
      said: { actor: trackunit, event: 'callback.ignored', accountId: body.accountId },
    }
  },
}

/** Pure: the same callback about the same account comes to the same. */
export function decideCallback(
  callback: TrackunitCallback,
  said: Omit<CallbackSaid<unknown>, 'body'>,
  { account, now }: { account: AccountOfCallback; now: Date },
): Decision {
  switch (callback.kind) {
    case 'INSTALLED':
      return kinds.INSTALLED({ ...said, body: callback.body }, account, now)
    case 'UNINSTALLED':
      return kinds.UNINSTALLED({ ...said, body: callback.body }, account, now)
    case 'unknown':
      return kinds.unknown({ ...said, body: callback.body }, account, now)
  }
}

type Installed = Extract<TrackunitCallback, { kind: 'INSTALLED' }>['body']

/** Credentials that are known: they carry the newest of their times, and are proven anew where that may change something. */
function sentAgain(
  { body: { accountId, clientId }, issuedAt, contentDigest, bound, isOfMany }: CallbackSaid<Installed>,
  { account, same, now }: { account: AccountOfCallback; same: ReceivedCredentials; now: Date },
): Decision {
  const position = callbackPosition('INSTALLED', issuedAt, contentDigest)
  const isNewer = comparePositions(same, position) < 0
  const bindsNow = bound && !same.bound
  const { generation } = same
  const newest = isNewer ? position : { issuedAt: same.issuedAt, tieBreak: same.tieBreak }
  const told = { bound: same.bound || bound, ofMany: same.ofMany && isOfMany, claimedBy: null }
  const known = isNewer || bindsNow ? { ...same, ...newest, ...told } : same

  const decidesAnew = same.state === 'awaiting-approval' ? bindsNow : isNewer
  // Parked ones are probed anyway; now there is a reason to do so at once.
  const state = same.state === 'parked' ? same.state : nextCredentialState(same.state, 'sent-again')
  if (!decidesAnew || !state || isOutdated(newest, contentDigest, account))
    return { status: 'duplicate', generation, account: withCredentials(account, known) }
  const moved = state === same.state ? {} : { state, since: now, reason: null }
  return {
    status: 'accepted',
    generation,
    account: withCredentials(account, { ...dueAt(known, now), ...moved, receivedAt: now }),
    said: { actor: trackunit, event: 'credentials.sent-again', accountId, generation, details: { clientId, bound } },
  }
}

/** Credentials that never came before get a generation of their own. */
function received(
  { body, issuedAt, contentDigest, bound, isOfMany: ofMany, takenBefore, clientServesAnother }: CallbackSaid<Installed>,
  account: AccountOfCallback,
  now: Date,
): Decision {
  const { installation } = account
  const { accountId, clientId } = body
  const isOfEarlierInstallation = installation.uninstalledAt !== null && issuedAt <= installation.uninstalledAt
  if (isOfEarlierInstallation && takenBefore) return { status: 'duplicate' }

  const generation = installation.lastGeneration + 1
  const position = callbackPosition('INSTALLED', issuedAt, contentDigest)
  const bare: CredentialRow = {
    ...{ accountId, generation, appId: body.irisAppId, clientId, ...position, bound, ofMany },
    ...{ receivedAt: now, since: now },
    ...{ sealedSecret: null, contentDigest: null, state: 'uninstalled', reason: null, releasedAt: null },
    ...{
      attempts: 0,
      claimedBy: null,
      triedAt: null,
      nextAttemptAt: null,
      provenAt: null,
      grantedScopes: null,
      missingFromPlan: null,
    },
  }
  const decided = (row: ReceivedCredentials, event: AuditEvent, decision: Pick<Decision, 'status' | 'isInstall'>) => ({
    ...decision,
    generation,
    account: {
      installation: { ...installation, lastGeneration: generation, changedAt: now },
      credentials: [row, ...account.credentials],
    },
    said: { actor: trackunit, event, accountId, generation, details: { clientId, bound } },
  })
  // As if it had come in time: the uninstall would have erased it.
  if (isOfEarlierInstallation) return decided(bare, 'credentials.uninstalled', { status: 'superseded' })

  const whole = { ...bare, contentDigest, secret: new Secret(body.clientSecret) }
  if (isOutdated(position, contentDigest, account))
    return decided({ ...whole, state: 'superseded' }, 'credentials.superseded', { status: 'superseded' })
  if (clientServesAnother) {
    const quarantined = { state: 'quarantined', reason: 'CREDENTIALS_QUARANTINED' } as const
    return decided({ ...whole, ...quarantined }, 'credentials.quarantined', { status: 'accepted' })
  }
  const pending = { state: 'pending', nextAttemptAt: now } as const
  return decided({ ...whole, ...pending }, 'credentials.received', { status: 'accepted', isInstall: true })
}

/** Whether others are in force that came after it. */
const isOutdated = (at: Position, contentDigest: string, { credentials }: AccountOfCallback) =>
  credentials.some(
    (row) => row.state === 'active' && row.contentDigest !== contentDigest && comparePositions(row, at) > 0,
  )

/** Trackunit is asked about them anew, at once. */
const dueAt = <Row extends CredentialRow>(row: Row, now: Date): Row => ({
  ...row,
  ...{ attempts: 0, claimedBy: null, triedAt: null, nextAttemptAt: now },
})

const withCredentials = (account: AccountOfCallback, changed: ReceivedCredentials): AccountOfCallback => ({
  ...account,
  credentials: account.credentials.map((row) => (row.generation === changed.generation ? changed : row)),
})
