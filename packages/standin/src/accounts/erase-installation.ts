import type { Actor } from '../audit/record.ts'
import type { Database } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { listCredentials } from './credential-store.ts'
import { lockInstallation } from './installation-store.ts'
import type { Uninstall } from './uninstall.ts'

/**
 * Erases everything secret that an account ever sent. A callback that is newer than all of them installs it again.
 * @throws StandinError `INSTALLATION_NOT_FOUND`
 */
export async function eraseInstallation(
  { accountId, actor }: { accountId: string; actor: Actor },
  { db, uninstall }: { db: Database; uninstall: Uninstall },
): Promise<void> {
  await db.transaction(async (tx) => {
    const installation = await lockInstallation(tx, accountId)
    const rows = await listCredentials(tx, accountId)
    if (rows.length === 0) throw new StandinError('INSTALLATION_NOT_FOUND')
    const sentAt = [installation.uninstallSignalledAt, ...rows.map(({ issuedAt }) => issuedAt)].map(Number)
    await uninstall(tx, { installation, issuedAt: new Date(Math.max(...sentAt)), actor })
  })
}
