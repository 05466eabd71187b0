import { record } from '../audit/record.ts'
import type { Clock } from '../clock.ts'
import type { Database, Transaction } from '../database/database.ts'
import { parkedProbeMs, prover } from './claimed-credentials.ts'
import { type CredentialKey, type CredentialRow, listCredentials, moveCredentials } from './credential-store.ts'
import { recordInstallationEvent } from './installation-event-store.ts'
import { lockInstallation, updateInstallation } from './installation-store.ts'

/** Trackunit refuses credentials that worked: callers are told at once, and they are probed slowly. */
export async function parkCredentials(
  { accountId, generation }: CredentialKey,
  { db, clock }: { db: Database; clock: Clock },
): Promise<void> {
  await db.transaction(async (tx) => {
    await lockInstallation(tx, accountId)
    const row = (await listCredentials(tx, accountId)).find((each) => each.generation === generation)
    if (row?.state === 'active') await parkActive(tx, row, clock)
  })
}

/** The same with the account locked. */
export async function parkActive(tx: Transaction, row: CredentialRow, clock: Clock): Promise<void> {
  const { accountId, generation } = row
  const triedAt = clock.now()
  const nextAttemptAt = new Date(triedAt.getTime() + parkedProbeMs)
  await moveCredentials(tx, row, 'refused', { reason: 'CREDENTIALS_REJECTED', triedAt, nextAttemptAt })
  await updateInstallation(tx, accountId, {})
  await recordInstallationEvent(tx, { accountId, type: 'parked' })
  await record(tx, { actor: prover, event: 'credentials.parked', accountId, generation })
}
