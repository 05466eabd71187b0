import type { Actor } from '../audit/record.ts'
import type { Database, Transaction } from '../database/database.ts'
import type { LockedAccount } from './bring-into-force.ts'
import { type CredentialRow, listCredentials } from './credential-store.ts'
import { lockInstallation } from './installation-store.ts'

/** Credentials whose proof came home, as they are now, with their account locked. */
export interface ClaimedCredentials {
  tx: Transaction
  row: CredentialRow
  account: LockedAccount
}

export const prover: Actor = { kind: 'system', id: 'prover' }

/** Parked credentials are asked about this often. */
export const parkedProbeMs = 900_000
/** What nothing decides yet is asked about again after this. */
export const undecidedProbeMs = 60_000

/** Decides about credentials that were claimed, unless another replica, newer credentials or an uninstall did meanwhile. */
export async function withClaimed(
  db: Database,
  { accountId, generation, state }: CredentialRow,
  decide: (claimed: ClaimedCredentials) => Promise<void>,
): Promise<void> {
  await db.transaction(async (tx) => {
    const installation = await lockInstallation(tx, accountId)
    const rows = await listCredentials(tx, accountId)
    const row = rows.find((each) => each.generation === generation && each.state === state)
    if (row) await decide({ tx, row, account: { installation, rows } })
  })
}
