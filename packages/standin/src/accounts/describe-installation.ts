import type { Installation } from '@standin/contracts'
import type { Context } from '../context.ts'
import { type Account, type CredentialRow, findAccount, findAccounts, type InstallationRow } from './account-store.ts'
import { comparePositions } from './credential-order.ts'
import { currentCredentials, reasonOfStop } from './credentials-in-force.ts'
import type { TrackunitTrouble } from './trackunit-trouble-store.ts'
import { isSuspended, liveSignal } from './uninstall-lifecycle.ts'

/** The same for every caller; whether a caller may approve is added for each. */
export type DescribedInstallation = Omit<Installation, 'mayApprove'>

const noTrouble: TrackunitTrouble = { unavailableSince: null, limitedUntil: null }

export interface ReadInstallation {
  described: DescribedInstallation
  /** All credentials, the newest generation first. */
  rows: readonly CredentialRow[]
  /** Since when the operator keeps it from being served. */
  pausedAt: Date | null
  /** What the operator calls it. */
  name: string | null
}

/** Reads an account and describes it. */
export async function readInstallation(
  ctx: Context,
  accountId: string,
  trackunit?: TrackunitTrouble,
): Promise<ReadInstallation> {
  return readAccount(ctx, accountId, { account: await findAccount(ctx.db, accountId), trackunit })
}

/** The same for several accounts, in one statement and in the order of their ids; without those that never sent a callback. */
export async function readInstallations(
  ctx: Context,
  accountIds: readonly string[],
  troubleOf?: (accountId: string) => TrackunitTrouble,
): Promise<ReadInstallation[]> {
  const accounts = await findAccounts(ctx.db, accountIds)
  return accounts.map((account) => {
    const { accountId } = account.installation
    return readAccount(ctx, accountId, { account, trackunit: troubleOf?.(accountId) })
  })
}

function readAccount(
  { config, clock }: Context,
  accountId: string,
  { account, trackunit }: { account: Account | undefined; trackunit: TrackunitTrouble | undefined },
): ReadInstallation {
  const rows = account?.credentials ?? []
  const described = describeInstallation(accountId, {
    installation: account?.installation,
    rows,
    requestedScopes: config.app.scopes.map(({ scope }) => scope),
    patienceMs: config.callback.patienceMs,
    eraseAfterMs: config.callback.uninstallEraseAfterMs,
    now: clock.now(),
    ...(trackunit && { trackunit }),
  })
  const { pausedAt = null, name = null } = account?.installation ?? {}
  return { described, rows, pausedAt, name }
}

/**
 * What users and services see of an account.
 * @param rows all its credentials, the newest generation first
 * @param trackunit what exchanges and runs learned about Trackunit
 */
export function describeInstallation(
  accountId: string,
  {
    installation,
    rows,
    requestedScopes,
    patienceMs,
    eraseAfterMs,
    now,
    trackunit = noTrouble,
  }: {
    installation: InstallationRow | undefined
    rows: readonly CredentialRow[]
    requestedScopes: readonly string[]
    /** How long new credentials are tried. */
    patienceMs: number
    /** How long a suspended installation can be restored. */
    eraseAfterMs: number
    now: Date
    trackunit?: TrackunitTrouble
  },
): DescribedInstallation {
  const current = currentCredentials(rows)
  const granted = current?.grantedScopes ?? []
  const denied = current?.provenAt ? requestedScopes.filter((scope) => !granted.includes(scope)) : []
  const stop = current && (suspensionOf(installation, current, eraseAfterMs) ?? pauseOf(installation, current))
  const tries = current && !stop && triesOf(current, patienceMs)
  const endedAt = installation?.suspendedUpTo ?? installation?.uninstalledAt
  return {
    accountId,
    state: isDoubted(current) ? 'pending' : (current?.state ?? (endedAt ? 'uninstalled' : 'none')),
    since: (current?.since ?? endedAt)?.toISOString() ?? null,
    reason: current?.reason ?? null,
    generation: current?.generation ?? null,
    requestedScopes: [...requestedScopes],
    grantedScopes: [...granted],
    deniedScopes: denied,
    missingFromPlan: denied.filter((scope) => current?.missingFromPlan?.includes(scope)),
    waiting: waitingFor(current, rows).map(({ generation, state, since, reason }) => ({
      generation,
      state,
      reason,
      since: since.toISOString(),
    })),
    uninstallSignalledAt: (installation && liveSignal(installation, now))?.toISOString() ?? null,
    ...stop,
    ...(tries && { tries }),
    trackunit: {
      unavailableSince: trackunit.unavailableSince?.toISOString() ?? null,
      limitedUntil: trackunit.limitedUntil?.toISOString() ?? null,
    },
  }
}

/** In force before a restore of the database, and not proven since. */
const isDoubted = (current: CredentialRow | undefined) => current?.state === 'active' && current.isUnconfirmed

/** What is shown of an installation whose current credentials an uninstall has stopped, until they are erased. */
function suspensionOf(
  installation: InstallationRow | undefined,
  current: CredentialRow,
  eraseAfterMs: number,
): Pick<Installation, 'state' | 'since' | 'reason' | 'uninstallSignalledAt' | 'erasesAt'> | undefined {
  if (!installation?.suspendedUpTo || !isSuspended(installation, current) || current.state === 'uninstalled')
    return undefined
  const since = installation.suspendedAt ?? installation.suspendedUpTo
  return {
    state: 'suspended',
    since: since.toISOString(),
    reason: reasonOfStop.suspended,
    uninstallSignalledAt: installation.suspendedUpTo.toISOString(),
    erasesAt: new Date(since.getTime() + eraseAfterMs).toISOString(),
  }
}

/** What is shown of an installation that the operator paused. */
function pauseOf(
  installation: InstallationRow | undefined,
  current: CredentialRow,
): Pick<Installation, 'state' | 'since' | 'reason'> | undefined {
  if (!installation?.pausedAt || current.state === 'uninstalled') return undefined
  return { state: 'paused', since: installation.pausedAt.toISOString(), reason: reasonOfStop.paused }
}

/** The most that are shown. */
const mostWaiting = 20

/**
 * Credentials that are newer than the current ones and may still replace them, the newest first. If there are many, first
 * those that wait for a person, then those that are bound.
 */
function waitingFor(current: CredentialRow | undefined, rows: readonly CredentialRow[]): CredentialRow[] {
  const urgency = ({ state, bound }: CredentialRow) => (state === 'awaiting-approval' ? 2 : bound ? 1 : 0)
  const waiting = rows.filter((row) => mayReplace(current, row))
  return waiting
    .toSorted((left, right) => urgency(right) - urgency(left))
    .slice(0, mostWaiting)
    .toSorted((left, right) => right.generation - left.generation)
}

const mayReplace = (current: CredentialRow | undefined, row: CredentialRow) =>
  current !== undefined &&
  comparePositions(row, current) > 0 &&
  row.state !== 'superseded' &&
  row.state !== 'uninstalled' &&
  !isDeclined(row)

/** Whether a person refused them. If Trackunit did, they were tried since they were last proven. */
const isDeclined = ({ state, provenAt, triedAt }: CredentialRow) =>
  state === 'rejected' && (triedAt === null || (provenAt !== null && triedAt <= provenAt))

/** The attempts with credentials that do not work. */
function triesOf(row: CredentialRow, patienceMs: number): Installation['tries'] {
  const { state, attempts, claimedBy, receivedAt, since, triedAt, nextAttemptAt } = row
  const isRejected = state === 'rejected' && !isDeclined(row)
  if (state !== 'pending' && state !== 'parked' && !isRejected) return undefined
  const isBeingTried = claimedBy !== null
  const endsAt = state === 'pending' ? new Date(receivedAt.getTime() + patienceMs) : null
  return {
    count: Math.max(0, isBeingTried ? attempts - 1 : attempts),
    beganAt: (state === 'parked' ? since : receivedAt).toISOString(),
    lastAt: triedAt?.toISOString() ?? null,
    nextAt: (isBeingTried ? null : nextAttemptAt)?.toISOString() ?? null,
    endsAt: endsAt?.toISOString() ?? null,
  }
}
