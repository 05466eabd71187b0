import type { Actor } from '../audit/record.ts'
import type { Database } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { lockInstallation } from './installation-store.ts'
import type { Uninstall } from './uninstall.ts'

/**
 * A person says that an uninstall is true that was only signalled.
 * @throws StandinError `INPUT_INVALID` when none is signalled, or when the account was installed again since
 */
export async function confirmUninstall(
  { accountId, actor }: { accountId: string; actor: Actor },
  { db, uninstall }: { db: Database; uninstall: Uninstall },
): Promise<void> {
  await db.transaction(async (tx) => {
    const installation = await lockInstallation(tx, accountId)
    const { uninstallSignalledAt: issuedAt } = installation
    if (!issuedAt) throw new StandinError('INPUT_INVALID', { detail: 'No uninstall of this account is signalled.' })
    await uninstall(tx, { installation, issuedAt, actor })
  })
}
