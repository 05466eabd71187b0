import { type Actor, record } from '../audit/record.ts'
import { type Context, type InTransaction, inTransaction } from '../context.ts'
import { StandinError } from '../standin-error.ts'
import {
  eraseCredentials,
  type InstallationRow,
  listCredentials,
  lockAccount,
  lockInstallation,
  updateInstallation,
  updateServing,
} from './account-store.ts'
import type { AccountsContext } from './accounts-context.ts'

interface Decision {
  accountId: string
  actor: Actor
}

/**
 * Ends an installation whose row is locked: erases what was sent up to `issuedAt` and lets every other part end and erase
 * what it keeps of the account; history and audit stay. Credentials that were sent later belong to a later installation:
 * if those are in force already, only the older ones are erased.
 */
export async function uninstall(
  tx: InTransaction<AccountsContext>,
  { installation, issuedAt, actor }: { installation: InstallationRow; issuedAt: Date; actor: Actor },
): Promise<void> {
  const { accountId, activeGeneration } = installation
  const rows = await listCredentials(tx.db, accountId)
  for (const row of rows.filter((row) => row.issuedAt <= issuedAt && row.state !== 'uninstalled'))
    await eraseCredentials(tx.db, row)

  const uninstalledAt = later(installation.uninstalledAt, issuedAt)
  if (rows.some((row) => row.generation === activeGeneration && row.issuedAt > issuedAt)) {
    await updateInstallation(tx.db, accountId, { uninstalledAt })
    return record(tx, { actor, event: 'installation.earlier-uninstalled', accountId })
  }
  for (const whenUninstalled of tx.accounts.whenUninstalled) await whenUninstalled(tx, accountId, uninstalledAt)
  const serving = { accountId, activeGeneration: null }
  await updateServing(tx, serving, { uninstalledAt, uninstallSignalledAt: null })
  await record(tx, { actor, event: 'installation.uninstalled', accountId })
}

const later = (known: Date | null, issuedAt: Date) => (known && known > issuedAt ? known : issuedAt)

/**
 * A person confirms an uninstall that was only signalled.
 * @throws StandinError `INPUT_INVALID` if none is signalled, or the account was installed again since
 */
export async function confirmUninstall(ctx: AccountsContext, { accountId, actor }: Decision): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { installation, signalledAt } = await lockSignalled(tx, accountId)
    await uninstall(tx, { installation, issuedAt: signalledAt, actor })
  })
}

/**
 * A person says that a signalled uninstall is wrong. The same signal does not come back; a newer one does.
 * @throws StandinError `INPUT_INVALID` if none is signalled
 */
export async function dismissUninstall(ctx: Context, { accountId, actor }: Decision): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { signalledAt } = await lockSignalled(tx, accountId)
    await updateInstallation(tx.db, accountId, { uninstallSignalledAt: null, uninstallDismissedAt: signalledAt })
    await record(tx, { actor, event: 'installation.uninstall-dismissed', accountId })
  })
}

async function lockSignalled(tx: InTransaction, accountId: string) {
  const installation = await lockInstallation(tx.db, accountId)
  const { uninstallSignalledAt: signalledAt } = installation
  if (!signalledAt) throw new StandinError('INPUT_INVALID', { detail: 'No uninstall of this account is signalled.' })
  return { installation, signalledAt }
}

/**
 * Erases every secret that an account ever sent. A callback that is newer than all of them installs it again.
 * @throws StandinError `INSTALLATION_NOT_FOUND`
 */
export async function eraseInstallation(ctx: AccountsContext, { accountId, actor }: Decision): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { installation, credentials } = await lockAccount(tx.db, accountId)
    if (credentials.length === 0) throw new StandinError('INSTALLATION_NOT_FOUND')
    const sentAt = [installation.uninstallSignalledAt, ...credentials.map(({ issuedAt }) => issuedAt)].map(Number)
    await uninstall(tx, { installation, issuedAt: new Date(Math.max(...sentAt)), actor })
  })
}
