import type { CredentialState } from '@standin/contracts'

/** What can happen to a set of credentials. */
export type CredentialEvent =
  /** A token was got with them, and something binds them to their account (or nothing else was ever in force). */
  | 'proven'
  /** A token was got with them, but nothing says that they are this account's, and others are in force. */
  | 'proven-unbound'
  /** Trackunit refuses them, for longer than new ones take to work. */
  | 'refused'
  /** They belong to another account. */
  | 'foreign'
  /** Newer ones took over, or a newer callback was in force when they arrived. */
  | 'outdated'
  /** The same credentials were sent again, by a newer callback or by one that binds them to their account. */
  | 'sent-again'
  | 'approved'
  /** A person said no to them. */
  | 'declined'
  | 'released'
  | 'uninstalled'

/** The life of a set of credentials. What does not stand here cannot happen. `uninstalled` is the end: the secret is erased. */
export const credentialLifecycle = {
  pending: {
    proven: 'active',
    'proven-unbound': 'awaiting-approval',
    refused: 'rejected',
    foreign: 'quarantined',
    outdated: 'superseded',
    uninstalled: 'uninstalled',
  },
  active: { refused: 'parked', outdated: 'superseded', uninstalled: 'uninstalled' },
  parked: { proven: 'active', outdated: 'superseded', uninstalled: 'uninstalled' },
  'awaiting-approval': {
    approved: 'active',
    declined: 'rejected',
    'sent-again': 'pending',
    outdated: 'superseded',
    uninstalled: 'uninstalled',
  },
  rejected: { 'sent-again': 'pending', outdated: 'superseded', uninstalled: 'uninstalled' },
  quarantined: { released: 'pending', uninstalled: 'uninstalled' },
  superseded: { 'sent-again': 'pending', uninstalled: 'uninstalled' },
  uninstalled: {},
} as const satisfies Record<CredentialState, Partial<Record<CredentialEvent, CredentialState>>>

/** @returns the state after the event, or undefined where the event cannot happen in this state */
export function nextCredentialState(state: CredentialState, event: CredentialEvent): CredentialState | undefined {
  const next: Partial<Record<CredentialEvent, CredentialState>> = credentialLifecycle[state]
  return next[event]
}
