import type { Transaction } from '../database/database.ts'
import { type Account, type CredentialRow, moveCredentials, updateInstallation } from './account-store.ts'
import { comparePositions } from './credential-order.ts'
import { recordInstallationEvent } from './installation-event-store.ts'

/**
 * The only way in which credentials come into force: the ones before them, and all that are older, become history.
 * @param account locked
 */
export async function activateCredentials(
  tx: Transaction,
  row: CredentialRow,
  {
    event,
    change = {},
    account: { installation, credentials },
  }: { event: 'proven' | 'approved'; change?: Partial<CredentialRow>; account: Account },
): Promise<void> {
  const { accountId } = row
  const before = credentials.find(({ generation }) => generation === installation.activeGeneration)
  for (const other of credentials) {
    const isBefore = other === before || comparePositions(row, other) > 0
    if (other !== row && isBefore) await moveCredentials(tx, other, 'outdated', { nextAttemptAt: null })
  }
  await moveCredentials(tx, row, event, change)

  // Only now: anybody with a genuine JWT can send credentials that never work.
  const isInstall = row.state === 'awaiting-approval' || (row.state === 'pending' && row.provenAt === null)
  if (isInstall) await recordInstallationEvent(tx, { accountId, type: 'installed' })
  await recordInstallationEvent(tx, { accountId, type: 'active' })
  if (before && !sameScopes(before.grantedScopes, change.grantedScopes ?? row.grantedScopes))
    await recordInstallationEvent(tx, { accountId, type: 'scopes-changed' })
  const { uninstallSignalledAt } = installation
  await updateInstallation(tx, accountId, {
    activeGeneration: row.generation,
    // A signal that is newer than these credentials may be about them.
    uninstallSignalledAt: uninstallSignalledAt && uninstallSignalledAt >= row.issuedAt ? uninstallSignalledAt : null,
  })
}

const sameScopes = (left: readonly string[] | null, right: readonly string[] | null) =>
  [...(left ?? [])].sort().join(' ') === [...(right ?? [])].sort().join(' ')
