import { type Actor, record } from '../audit/record.ts'
import type { Database } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { lockInstallation, updateInstallation } from './installation-store.ts'

/**
 * A person says that an uninstall is not true that was only signalled. Sent again it stays answered; a newer one asks anew.
 * @throws StandinError `INPUT_INVALID` when none is signalled
 */
export async function dismissUninstall(
  { accountId, actor }: { accountId: string; actor: Actor },
  { db }: { db: Database },
): Promise<void> {
  await db.transaction(async (tx) => {
    const { uninstallSignalledAt } = await lockInstallation(tx, accountId)
    if (!uninstallSignalledAt)
      throw new StandinError('INPUT_INVALID', { detail: 'No uninstall of this account is signalled.' })
    await updateInstallation(tx, accountId, { uninstallSignalledAt: null, uninstallDismissedAt: uninstallSignalledAt })
    await record(tx, { actor, event: 'installation.uninstall-dismissed', accountId })
  })
}
