import type { CallbackStatus } from '@standin/contracts'
import type { Account, CredentialRow } from '../accounts/account-store.ts'
import { noRefusals } from '../accounts/refusal-evidence.ts'
import type { Actor, AuditEntry } from '../audit/record.ts'
import type { Secret } from '../config/secret.ts'
import type { VerifiedCallback } from './verified-callback.ts'

/** Credentials that this transaction adds have a secret that is not sealed yet. */
export type ReceivedCredentials = CredentialRow & { secret?: Secret }

/** The state of an account in which the next callback of a group is decided. */
export type AccountState = Account<ReceivedCredentials>

/** A callback, and what the database knows about it. */
export interface KnownCallback {
  verified: VerifiedCallback
  contentDigest: string
  /** Whether a callback of the same content was applied before. */
  appliedBefore: boolean
  /** Whether that was under a JWT issued at the same time. */
  appliedAtThatTime: boolean
  /** Whether its client id serves, or once served, another account. */
  clientServesAnother: boolean
  /** Different callbacks that were applied under its JWT: all of them, and those of its account. */
  identityTotal: number
  identityOfAccount: number
}

/** The changes that a callback makes. */
export interface Decision {
  status: CallbackStatus
  /** Of the credentials that it is about. */
  generation?: number
  /** The account afterwards, if it changes. */
  account?: AccountState
  /** Its audit entry. */
  audit?: AuditEntry
  /** Whether it brings credentials to prove. */
  isInstall?: boolean
  /** The body of an unknown type, which is stored sealed. */
  kept?: Secret
  /** Whether it stops the installation, which is announced to services. */
  suspends?: boolean
}

/** What a decision starts from: the account as earlier callbacks of the group left it. */
export interface Snapshot {
  account: AccountState
  now: Date
}

export const trackunit: Actor = { kind: 'trackunit', id: 'callback' }

/** The columns of credentials that were not tried yet. */
export const untried = { attempts: 0, ...noRefusals, claimedBy: null, triedAt: null }

/** Trackunit is asked about these credentials at once, as if for the first time. */
export const dueNow = <Row extends CredentialRow>(row: Row, now: Date): Row => ({
  ...row,
  ...untried,
  nextAttemptAt: now,
})

export const withCredentials = (account: AccountState, changed: ReceivedCredentials): AccountState => ({
  ...account,
  credentials: account.credentials.map((row) => (row.generation === changed.generation ? changed : row)),
})
