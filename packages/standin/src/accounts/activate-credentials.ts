import type { InTransaction } from '../context.ts'
import { StandinError } from '../standin-error.ts'
import { type Account, type CredentialRow, moveCredentials, updateServing } from './account-store.ts'
import { forgedAccountDetail, forgedCredentialsDetail, signedAccounts, signedCredentials } from './account-table.ts'
import { isInForce } from './credential-lifecycle.ts'
import { comparePositions } from './credential-order.ts'
import { recordInstallationEvent } from './installation-event-store.ts'
import { unstopped } from './uninstall-lifecycle.ts'

/**
 * The only way credentials come into force. Those that were in force, and all older ones, are superseded.
 * @param account locked
 * @throws StandinError `INTERNAL` if Standin did not write one of the account's rows: activating would sign it
 */
export async function activateCredentials(
  tx: InTransaction,
  row: CredentialRow,
  {
    event,
    change = {},
    account: { installation, credentials },
  }: { event: 'proven' | 'approved'; change?: Partial<CredentialRow>; account: Account },
): Promise<void> {
  const { accountId } = row
  const before = credentials.find(isInForce) // Also while an uninstall has stopped them.
  const served = installation.pausedAt ? undefined : unstopped({ installation, credentials })
  if (
    !tx.signedRows.accept(signedAccounts, installation) ||
    (served?.generation ?? null) !== installation.activeGeneration
  )
    throw new StandinError('INTERNAL', { detail: forgedAccountDetail })
  if (!credentials.every((each) => tx.signedRows.accept(signedCredentials, each)))
    throw new StandinError('INTERNAL', { detail: forgedCredentialsDetail })
  for (const other of credentials) {
    const isBefore = other === before || comparePositions(row, other) > 0
    if (other !== row && isBefore) await moveCredentials(tx, other, 'outdated', { nextAttemptAt: null })
  }
  await moveCredentials(tx, row, event, change)

  // Not when they arrive, because anyone with a genuine JWT can send credentials that never work.
  const isInstall = row.state === 'awaiting-approval' || (row.state === 'pending' && row.provenAt === null)
  if (isInstall) await recordInstallationEvent(tx, { accountId, type: 'installed' })
  if (!installation.pausedAt) await recordInstallationEvent(tx, { accountId, type: 'active' })
  if (before && !sameScopes(before.grantedScopes, change.grantedScopes ?? row.grantedScopes))
    await recordInstallationEvent(tx, { accountId, type: 'scopes-changed' })
  const { uninstallSignalledAt } = installation
  const serving = { accountId, activeGeneration: installation.pausedAt ? null : row.generation }
  await updateServing(tx, serving, {
    // A signal that is newer than these credentials may be about them.
    uninstallSignalledAt: uninstallSignalledAt && uninstallSignalledAt >= row.issuedAt ? uninstallSignalledAt : null,
  })
}

const sameScopes = (left: readonly string[] | null, right: readonly string[] | null) =>
  [...(left ?? [])].sort().join(' ') === [...(right ?? [])].sort().join(' ')
