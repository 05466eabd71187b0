import { type Actor, record } from '../audit/record.ts'
import type { Transaction } from '../database/database.ts'
import { eraseSecret, listCredentials, moveCredentials } from './credential-store.ts'
import { type InstallationRow, updateInstallation } from './installation-store.ts'

export type Uninstall = (
  tx: Transaction,
  uninstalled: { installation: InstallationRow; issuedAt: Date; actor: Actor },
) => Promise<void>

/** What a part does when an account has uninstalled the app: ends and erases what it keeps of that account, in the same transaction. */
export type WhenUninstalled = (tx: Transaction, accountId: string, uninstalledAt: Date) => Promise<void>

/**
 * Ends an installation, in one transaction with its account's row locked: what was sent up to `issuedAt` is erased,
 * whoever subscribed ends theirs; history and audit stay. Credentials that were sent after it belong to a later
 * installation: where those are in force already, only what is older goes.
 */
export function createUninstall(subscribers: readonly WhenUninstalled[]): Uninstall {
  return async (tx, { installation, issuedAt, actor }) => {
    const { accountId, activeGeneration } = installation
    const rows = await listCredentials(tx, accountId)
    for (const row of rows.filter((row) => row.issuedAt <= issuedAt && row.state !== 'uninstalled')) {
      await moveCredentials(tx, row, 'uninstalled')
      await eraseSecret(tx, row)
    }
    const uninstalledAt = later(installation.uninstalledAt, issuedAt)
    if (rows.some((row) => row.generation === activeGeneration && row.issuedAt > issuedAt)) {
      await updateInstallation(tx, accountId, { uninstalledAt })
      await record(tx, { actor, event: 'installation.earlier-uninstalled', accountId })
      return
    }
    for (const whenUninstalled of subscribers) await whenUninstalled(tx, accountId, uninstalledAt)
    await updateInstallation(tx, accountId, { activeGeneration: null, uninstalledAt, uninstallSignalledAt: null })
    await record(tx, { actor, event: 'installation.uninstalled', accountId })
  }
}

const later = (known: Date | null, issuedAt: Date) => (known && known > issuedAt ? known : issuedAt)
