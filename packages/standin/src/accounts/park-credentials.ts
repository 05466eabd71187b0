import { type Actor, record } from '../audit/record.ts'
import { type Context, type InTransaction, inTransaction } from '../context.ts'
import {
  type CredentialKey,
  type CredentialRow,
  lockAccount,
  moveCredentials,
  updateInstallation,
} from './account-store.ts'
import { recordInstallationEvent } from './installation-event-store.ts'
import { parkedPauseMs } from './next-attempt.ts'
import { isSuspended } from './uninstall-lifecycle.ts'

export const prover: Actor = { kind: 'system', id: 'prover' }

/** Trackunit refuses credentials that worked: callers see this at once, and the credentials are probed less and less often. */
export async function parkCredentials(ctx: Context, { accountId, generation }: CredentialKey): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { installation, credentials } = await lockAccount(tx.db, accountId)
    const row = credentials.find((each) => each.generation === generation)
    if (row?.state === 'active' && !isSuspended(installation, row)) await parkActive(tx, row)
  })
}

/** The same with the account locked. */
export async function parkActive(tx: InTransaction, row: CredentialRow): Promise<void> {
  const { accountId, generation } = row
  const triedAt = tx.clock.now()
  const nextAttemptAt = new Date(triedAt.getTime() + parkedPauseMs(0))
  await moveCredentials(tx, row, 'refused', { reason: 'CREDENTIALS_REJECTED', attempts: 0, triedAt, nextAttemptAt })
  await updateInstallation(tx, accountId, {})
  await recordInstallationEvent(tx, { accountId, type: 'parked' })
  await record(tx, { actor: prover, event: 'credentials.parked', accountId, generation })
}
