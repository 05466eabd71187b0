import type { Transaction } from '../database/database.ts'
import { comparePositions } from './credential-order.ts'
import { type CredentialRow, moveCredentials } from './credential-store.ts'
import { recordInstallationEvent } from './installation-event-store.ts'
import { type InstallationRow, updateInstallation } from './installation-store.ts'

/** An account with its row locked, and all its credentials. */
export interface LockedAccount {
  installation: InstallationRow
  rows: readonly CredentialRow[]
}

/** The one way in which credentials come into force: those before them, and all that is older, are kept as history. */
export async function bringIntoForce(
  tx: Transaction,
  row: CredentialRow,
  {
    event,
    change = {},
    account: { installation, rows },
  }: { event: 'proven' | 'approved'; change?: Partial<CredentialRow>; account: LockedAccount },
): Promise<void> {
  for (const other of rows) {
    const isBefore = other.generation === installation.activeGeneration || comparePositions(row, other) > 0
    if (other !== row && isBefore) await moveCredentials(tx, other, 'outdated', { nextAttemptAt: null })
  }
  await moveCredentials(tx, row, event, change)
  const { accountId } = row
  await recordInstallationEvent(tx, { accountId, type: 'active' })
  const before = rows.find(({ generation }) => generation === installation.activeGeneration)
  const hasOtherScopes = !sameScopes(before?.grantedScopes, change.grantedScopes ?? row.grantedScopes)
  if (before && hasOtherScopes) await recordInstallationEvent(tx, { accountId, type: 'scopes-changed' })
  const { uninstallSignalledAt } = installation
  await updateInstallation(tx, row.accountId, {
    activeGeneration: row.generation,
    // A signal that is newer than what came into force may be about it.
    uninstallSignalledAt: uninstallSignalledAt && uninstallSignalledAt >= row.issuedAt ? uninstallSignalledAt : null,
  })
}

const sameScopes = (left: readonly string[] | null | undefined, right: readonly string[] | null | undefined) =>
  [...(left ?? [])].sort().join(' ') === [...(right ?? [])].sort().join(' ')
