import type { Installation } from '@standin/contracts'
import { comparePositions } from './credential-order.ts'
import type { CredentialRow } from './credential-store.ts'
import { credentialsThatSpeak } from './credentials-in-force.ts'
import type { InstallationRow } from './installation-store.ts'

/** What is the same for whoever asks: who may approve depends on the caller. */
export type DescribedInstallation = Omit<Installation, 'mayApprove'>

/**
 * What users and services see of an account.
 * @param rows all its credentials, the newest generation first
 * @param trackunit what exchanges and runs learnt of Trackunit's side; nothing where it is not given
 */
export function describeInstallation(
  accountId: string,
  {
    installation,
    rows,
    requestedScopes,
    patienceMs,
    trackunit = { unavailableSince: null, limitedUntil: null },
  }: {
    installation: InstallationRow | undefined
    rows: readonly CredentialRow[]
    requestedScopes: readonly string[]
    /** How long new credentials are tried. */
    patienceMs: number
    trackunit?: Record<keyof Installation['trackunit'], Date | null>
  },
): DescribedInstallation {
  const speaking = credentialsThatSpeak(rows)
  const granted = speaking?.grantedScopes ?? []
  const denied = speaking?.provenAt ? requestedScopes.filter((scope) => !granted.includes(scope)) : []
  const waiting = rows.filter(
    (row) =>
      speaking !== undefined &&
      comparePositions(row, speaking) > 0 &&
      row.state !== 'superseded' &&
      row.state !== 'uninstalled' &&
      !isDeclined(row),
  )
  const tries = speaking && triesOf(speaking, patienceMs)
  return {
    accountId,
    state: speaking?.state ?? (installation?.uninstalledAt ? 'uninstalled' : 'none'),
    since: (speaking?.since ?? installation?.uninstalledAt)?.toISOString() ?? null,
    reason: speaking?.reason ?? null,
    generation: speaking?.generation ?? null,
    requestedScopes: [...requestedScopes],
    grantedScopes: [...granted],
    deniedScopes: denied,
    missingFromPlan: denied.filter((scope) => speaking?.missingFromPlan?.includes(scope)),
    waiting: waiting.map((row) => ({
      generation: row.generation,
      state: row.state,
      since: row.since.toISOString(),
      reason: row.reason,
    })),
    uninstallSignalledAt: installation?.uninstallSignalledAt?.toISOString() ?? null,
    ...(tries && { tries }),
    trackunit: {
      unavailableSince: trackunit.unavailableSince?.toISOString() ?? null,
      limitedUntil: trackunit.limitedUntil?.toISOString() ?? null,
    },
  }
}

/** A person said no, and nothing is left to be done: what Trackunit refuses was tried, and not proven since. */
function isDeclined({ state, provenAt, triedAt }: CredentialRow): boolean {
  return state === 'rejected' && (triedAt === null || (provenAt !== null && triedAt <= provenAt))
}

/** What can be said of the tries with credentials that do not work. */
function triesOf(row: CredentialRow, patienceMs: number): Installation['tries'] {
  const { state, attempts, claimedBy, receivedAt, since, triedAt, nextAttemptAt } = row
  const isRejected = state === 'rejected' && !isDeclined(row)
  if (state !== 'pending' && state !== 'parked' && !isRejected) return undefined
  const isAskedNow = claimedBy !== null
  const endsAt = state === 'pending' ? new Date(receivedAt.getTime() + patienceMs) : null
  return {
    count: Math.max(0, isAskedNow ? attempts - 1 : attempts),
    beganAt: (state === 'parked' ? since : receivedAt).toISOString(),
    lastAt: triedAt?.toISOString() ?? null,
    nextAt: (isAskedNow ? null : nextAttemptAt)?.toISOString() ?? null,
    endsAt: endsAt?.toISOString() ?? null,
  }
}
