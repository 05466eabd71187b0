import { asc, desc, type SQL, sql } from 'drizzle-orm'
import type { Announcing } from '../context.ts'
import type { Transaction } from '../database/database.ts'
import { isOfAccounts } from '../database/is-among.ts'
import type { Notice } from '../database/notices.ts'
import { deletionOf, insertionOf, updateOf } from '../database/rows/many-rows.ts'
import type { CredentialKey, CredentialRow, InstallationRow } from './account-store.ts'
import { credentials, installations } from './account-table.ts'
import { unnumberedEvents } from './installation-event-table.ts'

/** Deletes rows that this transaction created and did not need. */
export async function deleteInstallations(tx: Transaction, accountIds: readonly string[]): Promise<void> {
  if (accountIds.length > 0) await tx.delete(installations).where(isOfAccounts(installations.accountId, accountIds))
}

/** The credentials of several accounts, locked: provers skip them until the transaction ends. */
export async function lockCredentialsOf(tx: Transaction, accountIds: readonly string[]): Promise<CredentialRow[]> {
  return tx
    .select()
    .from(credentials)
    .where(isOfAccounts(credentials.accountId, [...new Set(accountIds)]))
    .orderBy(asc(credentials.accountId), desc(credentials.generation))
    .for('update')
}

/** What callbacks change on several accounts. */
export interface AccountChanges {
  installations: readonly InstallationRow[]
  newCredentials: readonly CredentialRow[]
  changedCredentials: readonly CredentialRow[]
  /** Unproven credentials beyond the limit. */
  removedCredentials: readonly CredentialKey[]
  /** Accounts that an uninstall stops. Services are notified. */
  suspended: readonly string[]
}

/**
 * Writes all of it in one statement, and notifies every replica.
 * @param beside what the caller writes with it; undefined entries are skipped
 */
export async function writeAccounts(
  { db, notices }: Announcing,
  changes: AccountChanges,
  beside: ReadonlyArray<SQL | undefined> = [],
): Promise<void> {
  const events = changes.suspended.map((accountId) => ({ accountId, type: 'suspended' as const }))
  const released = changes.changedCredentials.filter(({ contentDigest }) => contentDigest === null)
  // Before the insertion, which may have the same content.
  const release = updateOf(credentials, released, { key: ['accountId', 'generation'], set: ['contentDigest'] })
  if (release) await db.execute(release)
  const writes = [
    updateOf(installations, changes.installations, {
      key: ['accountId'],
      set: [
        ...(['activeGeneration', 'mac', 'lastGeneration', 'suspendedUpTo', 'suspendedAt'] as const),
        ...(['uninstallSignalledAt', 'changedAt', 'isUnreviewed', 'reviewingUntil'] as const),
      ],
    }),
    insertionOf(credentials, changes.newCredentials),
    updateOf(credentials, changes.changedCredentials, {
      key: ['accountId', 'generation'],
      set: [
        ...(['state', 'reason', 'since', 'issuedAt', 'tieBreak', 'bound', 'rank', 'receivedAt'] as const),
        ...(['attempts', 'refusals', 'refusedSince', 'claimedBy', 'triedAt', 'nextAttemptAt', 'mac'] as const),
      ],
    }),
    insertionOf(unnumberedEvents, events),
    deletionOf(credentials, changes.removedCredentials, ['accountId', 'generation']),
    ...beside,
  ].filter((write) => write !== undefined)
  const parts = writes.map((write, index) => sql`${sql.identifier(`write_${index}`)} as (${write})`)
  if (parts.length > 0) await db.execute(sql`with ${sql.join(parts, sql`, `)} select 1`)
  for (const notice of noticesOf(changes)) notices.send(...notice)
}

function noticesOf(changes: AccountChanges): Notice[] {
  const touched = [...changes.newCredentials, ...changes.changedCredentials]
  const changed = changes.installations.filter(({ isUnreviewed }) => isUnreviewed)
  return [
    ...changed.map(({ accountId }): Notice => ['installation_changed', accountId]),
    ...touched.map(({ accountId }): Notice => ['credentials_changed', accountId]),
    ...(touched.some(({ nextAttemptAt }) => nextAttemptAt) ? [['credentials_pending', ''] as const] : []),
    ...(changes.suspended.length > 0 ? [['installation_event', ''] as const] : []),
  ]
}
