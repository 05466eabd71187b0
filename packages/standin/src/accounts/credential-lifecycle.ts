import type { CredentialState } from '@standin/contracts'

/** What can happen to a set of credentials. */
export type CredentialEvent =
  /** They got a token, and something binds them to their account (or no others were ever in force). */
  | 'proven'
  /** They got a token, but nothing shows that they belong to this account, and others are in force. */
  | 'proven-unbound'
  /** Trackunit refuses them, for longer than new ones take to work. */
  | 'refused'
  /** They belong to another account. */
  | 'foreign'
  /** Newer ones came into force, before or after they arrived. */
  | 'outdated'
  /** The same credentials were sent again by a newer callback, or by one that binds them to their account. */
  | 'sent-again'
  | 'approved'
  /** A person refused them. */
  | 'declined'
  | 'released'
  | 'uninstalled'

/** Every transition that exists. `uninstalled` is the end: the secret is erased. */
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

/** @returns the state after the event, or undefined if the event cannot happen in this state */
export function nextCredentialState(state: CredentialState, event: CredentialEvent): CredentialState | undefined {
  const next: Partial<Record<CredentialEvent, CredentialState>> = credentialLifecycle[state]
  return next[event]
}

/** The states of the credentials that serve an account; an account has at most one set of them. */
export const isInForce = ({ state }: { state: CredentialState }) => state === 'active' || state === 'parked'
