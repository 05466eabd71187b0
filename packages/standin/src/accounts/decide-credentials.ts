import type { AuditEvent } from '../audit/audit-kinds.ts'
import { type Actor, record } from '../audit/record.ts'
import { type Context, type InTransaction, inTransaction } from '../context.ts'
import { StandinError } from '../standin-error.ts'
import {
  type Account,
  type CredentialKey,
  type CredentialRow,
  lockAccount,
  moveCredentials,
  updateInstallation,
} from './account-store.ts'
import { activateCredentials } from './activate-credentials.ts'
import { isSuspended } from './uninstall-lifecycle.ts'

type Decision = CredentialKey & { actor: Actor }

/**
 * Brings credentials into force that were proven, but that nothing bound to their account.
 * @throws StandinError `INSTALLATION_NOT_FOUND`, or `INPUT_INVALID` if that generation does not await approval
 */
export async function approveCredentials(ctx: Context, decision: Decision): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { row, account } = await lockCredentials(tx, decision, awaitingApproval)
    if (isSuspended(account.installation, row))
      throw new StandinError('INPUT_INVALID', {
        detail: 'The account was uninstalled after these were sent. Restore it first.',
      })
    if (account.installation.erasingSince) throw new StandinError('OVERLOADED', { retryAfterMs: 2_000 })
    await activateCredentials(tx, row, { event: 'approved', account })
    await recordDecision(tx, 'credentials.approved', decision)
  })
}

/**
 * Refuses credentials that await approval: those in force stay. They are kept, like all that Trackunit refuses.
 * @throws StandinError `INSTALLATION_NOT_FOUND`, or `INPUT_INVALID` if that generation does not await approval
 */
export async function refuseCredentials(ctx: Context, decision: Decision): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { row } = await lockCredentials(tx, decision, awaitingApproval)
    await moveCredentials(tx, row, 'declined', { reason: 'CREDENTIALS_REJECTED' })
    await recordDecision(tx, 'credentials.declined', decision)
  })
}

/**
 * Releases credentials from quarantine, to be proven like new ones although their client serves another account too. A
 * token that names another account still sends them back.
 * @throws StandinError `INSTALLATION_NOT_FOUND`, or `INPUT_INVALID` if that generation is not in quarantine
 */
export async function releaseCredentials(ctx: Context, decision: Decision): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { row } = await lockCredentials(tx, decision, quarantined)
    const now = tx.clock.now()
    const untried = { receivedAt: now, attempts: 0, triedAt: null, nextAttemptAt: now }
    await moveCredentials(tx, row, 'released', { releasedAt: now, ...untried })
    await recordDecision(tx, 'credentials.released', decision)
  })
}

interface Precondition {
  state: CredentialRow['state']
  otherwise: string
}
const awaitingApproval: Precondition = {
  state: 'awaiting-approval',
  otherwise: 'These credentials do not wait for approval.',
}
const quarantined: Precondition = { state: 'quarantined', otherwise: 'These credentials are not in quarantine.' }

/** The credentials that a person decides about, their account locked. */
async function lockCredentials(
  tx: InTransaction,
  { accountId, generation }: CredentialKey,
  { state, otherwise }: Precondition,
): Promise<{ row: CredentialRow; account: Account }> {
  const account = await lockAccount(tx.db, accountId)
  if (account.credentials.length === 0) throw new StandinError('INSTALLATION_NOT_FOUND')
  const row = account.credentials.find((each) => each.generation === generation)
  if (row?.state !== state) throw new StandinError('INPUT_INVALID', { detail: otherwise })
  return { row, account }
}

async function recordDecision(
  tx: InTransaction,
  event: AuditEvent,
  { accountId, generation, actor }: Decision,
): Promise<void> {
  await updateInstallation(tx, accountId, {}) // Pages that watch the account load it again.
  await record(tx, { actor, event, accountId, generation })
}
