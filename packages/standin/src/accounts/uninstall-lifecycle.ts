import { dayMs } from '../clock.ts'
import type { CredentialRow, InstallationRow } from './account-store.ts'
import { isInForce } from './credential-lifecycle.ts'

/** How far the uninstall of an account has come. */
export type UninstallState =
  | 'none'
  /** Something unproven says that the account uninstalled the app: Trackunit is asked, nothing stops. */
  | 'signalled'
  /** A bound UNINSTALLED says so: nothing is served, everything is kept. */
  | 'suspended'
  /** Secrets, tokens and data are erased. */
  | 'erased'

export type UninstallEvent =
  /** An unbound UNINSTALLED, or a signal of the app's lifecycle extension. */
  | 'signalled'
  /** A bound UNINSTALLED. */
  | 'announced'
  /** Trackunit refuses the credentials, for certain. */
  | 'refused'
  /** An administrator or the operator decided. */
  | 'confirmed'
  | 'dismissed'
  /** The time to decide is over. */
  | 'expired'

/** Every transition that exists. */
export const uninstallLifecycle = {
  none: { signalled: 'signalled', announced: 'suspended' },
  signalled: {
    signalled: 'signalled',
    announced: 'suspended',
    refused: 'erased',
    confirmed: 'erased',
    dismissed: 'none',
    expired: 'none',
  },
  suspended: {
    signalled: 'suspended',
    announced: 'suspended',
    refused: 'erased',
    confirmed: 'erased',
    dismissed: 'none',
    expired: 'erased',
  },
  erased: {},
} as const satisfies Record<UninstallState, Partial<Record<UninstallEvent, UninstallState>>>

/** @returns the state after the event, or undefined if the event cannot happen in this state */
export function nextUninstallState(state: UninstallState, event: UninstallEvent): UninstallState | undefined {
  const next: Partial<Record<UninstallEvent, UninstallState>> = uninstallLifecycle[state]
  return next[event]
}

/** An unproven signal is forgotten after this time. */
export const signalLifeMs = dayMs

type Uninstall = Pick<InstallationRow, 'suspendedUpTo' | 'uninstallSignalledAt'>

/** How far the uninstall of an installation that is not erased has come. */
export function uninstallStateOf(installation: Uninstall, now: Date): Exclude<UninstallState, 'erased'> {
  if (installation.suspendedUpTo) return 'suspended'
  return liveSignal(installation, now) ? 'signalled' : 'none'
}

/** The unproven signal, unless it has expired. */
export function liveSignal(
  { uninstallSignalledAt }: Pick<Uninstall, 'uninstallSignalledAt'>,
  now: Date,
): Date | undefined {
  if (!uninstallSignalledAt) return undefined
  return now.getTime() - uninstallSignalledAt.getTime() < signalLifeMs ? uninstallSignalledAt : undefined
}

/** Whether a bound UNINSTALLED stops these credentials: they were sent before it. At the same moment it comes after them. */
export const isSuspended = (
  installation: Pick<Uninstall, 'suspendedUpTo'> | undefined,
  { issuedAt }: { issuedAt: Date },
): boolean => !!installation?.suspendedUpTo && issuedAt <= installation.suspendedUpTo

/** The credentials in force that no uninstall has stopped: they serve, unless the operator paused the account. */
export const unstopped = <Row extends Pick<CredentialRow, 'state' | 'issuedAt'>>({
  installation,
  credentials,
}: {
  installation: Pick<Uninstall, 'suspendedUpTo'>
  credentials: readonly Row[]
}): Row | undefined => credentials.find((row) => isInForce(row) && !isSuspended(installation, row))

/** The later of moments that may be missing. */
export const newest = (...moments: Array<Date | null | undefined>): Date | undefined =>
  moments
    .filter((moment) => moment instanceof Date)
    .reduce<Date | undefined>((latest, moment) => (latest && latest > moment ? latest : moment), undefined)
