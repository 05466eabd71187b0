import { type Actor, record } from '../audit/record.ts'
import type { Database } from '../database/database.ts'
import { lockInstallation } from '../installations/installation-store.ts'
import { StandinError } from '../standin-error.ts'
import { bringIntoForce } from './bring-into-force.ts'
import { type CredentialKey, listCredentials } from './credential-store.ts'

/**
 * Brings credentials into force that were proven, but that nothing bound to their account.
 * @throws StandinError `INSTALLATION_NOT_FOUND`, or `INPUT_INVALID` when that generation does not wait for approval
 */
export async function approveCredentials(
  db: Database,
  { accountId, generation, actor }: CredentialKey & { actor: Actor },
): Promise<void> {
  await db.transaction(async (tx) => {
    const installation = await lockInstallation(tx, accountId)
    const rows = await listCredentials(tx, accountId)
    if (rows.length === 0) throw new StandinError('INSTALLATION_NOT_FOUND')
    const waiting = rows.find((row) => row.generation === generation)
    if (waiting?.state !== 'awaiting-approval') {
      throw new StandinError('INPUT_INVALID', { detail: 'These credentials do not wait for approval.' })
    }
    await bringIntoForce(tx, waiting, { event: 'approved', account: { installation, rows } })
    await record(tx, { actor, event: 'credentials.approved', accountId, generation })
  })
}
