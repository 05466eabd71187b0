import type { AuditEvent } from '../audit/audit-kinds.ts'
import { type Actor, record } from '../audit/record.ts'
import type { Clock } from '../clock.ts'
import type { Database, Transaction } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { bringIntoForce, type LockedAccount } from './bring-into-force.ts'
import { type CredentialKey, type CredentialRow, listCredentials, moveCredentials } from './credential-store.ts'
import { lockInstallation, updateInstallation } from './installation-store.ts'

type Decision = CredentialKey & { actor: Actor }

/**
 * Brings credentials into force that were proven, but that nothing bound to their account.
 * @throws StandinError `INSTALLATION_NOT_FOUND`, or `INPUT_INVALID` when that generation does not wait for approval
 */
export async function approveCredentials(db: Database, decision: Decision): Promise<void> {
  await decide(db, decision, {
    on: 'awaiting-approval',
    otherwise: 'These credentials do not wait for approval.',
    event: 'credentials.approved',
    change: (tx, row, account) => bringIntoForce(tx, row, { event: 'approved', account }),
  })
}

/**
 * Says no to credentials that wait for approval: those in force stay. Kept, like all that Trackunit refuses.
 * @throws StandinError `INSTALLATION_NOT_FOUND`, or `INPUT_INVALID` when that generation does not wait for approval
 */
export async function refuseCredentials(db: Database, decision: Decision): Promise<void> {
  await decide(db, decision, {
    on: 'awaiting-approval',
    otherwise: 'These credentials do not wait for approval.',
    event: 'credentials.declined',
    change: async (tx, row) => {
      await moveCredentials(tx, row, 'declined', { reason: 'CREDENTIALS_REJECTED' })
    },
  })
}

/**
 * Lets credentials out of quarantine, to be proven like new ones: that their client serves another account too is then
 * no longer held against them. A token that names another account still is.
 * @throws StandinError `INSTALLATION_NOT_FOUND`, or `INPUT_INVALID` when that generation is not in quarantine
 */
export async function releaseCredentials(
  db: Database,
  { clock, ...decision }: Decision & { clock: Clock },
): Promise<void> {
  await decide(db, decision, {
    on: 'quarantined',
    otherwise: 'These credentials are not in quarantine.',
    event: 'credentials.released',
    change: async (tx, row) => {
      const now = clock.now()
      const anew = { receivedAt: now, attempts: 0, triedAt: null, nextAttemptAt: now }
      await moveCredentials(tx, row, 'released', { releasedAt: now, ...anew })
    },
  })
}

/** A person decides about one set of credentials, its account locked, and leaves a row that says who. */
async function decide(
  db: Database,
  { accountId, generation, actor }: Decision,
  {
    on,
    otherwise,
    event,
    change,
  }: {
    on: CredentialRow['state']
    otherwise: string
    event: AuditEvent
    change: (tx: Transaction, row: CredentialRow, account: LockedAccount) => Promise<void>
  },
): Promise<void> {
  await db.transaction(async (tx) => {
    const installation = await lockInstallation(tx, accountId)
    const rows = await listCredentials(tx, accountId)
    if (rows.length === 0) throw new StandinError('INSTALLATION_NOT_FOUND')
    const row = rows.find((each) => each.generation === generation)
    if (row?.state !== on) throw new StandinError('INPUT_INVALID', { detail: otherwise })
    await change(tx, row, { installation, rows })
    await updateInstallation(tx, accountId, {}) // Whoever watches the account looks again.
    await record(tx, { actor, event, accountId, generation })
  })
}
