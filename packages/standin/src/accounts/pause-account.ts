import { type Actor, record } from '../audit/record.ts'
import { type Context, inTransaction } from '../context.ts'
import { StandinError } from '../standin-error.ts'
import { lockAccount, updateServing } from './account-store.ts'
import { forgedCredentialsDetail, signedCredentials } from './account-table.ts'
import { recordInstallationEvent } from './installation-event-store.ts'
import { unstopped } from './uninstall-lifecycle.ts'

interface Decision {
  accountId: string
  actor: Actor
}

/**
 * Keeps an account from being served until `resumeAccount`, even if it is installed again: no token is handed out, no
 * run, schedule or delivery starts, and working runs stop at their next checkpoint. Callbacks are still received and
 * proven, and nothing is erased.
 * @throws StandinError `INSTALLATION_NOT_FOUND`, or `INPUT_INVALID` if it is paused already
 */
export async function pauseAccount(ctx: Context, { accountId, actor }: Decision): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const account = await lockAccount(tx.db, accountId)
    if (account.credentials.length === 0) throw new StandinError('INSTALLATION_NOT_FOUND')
    if (account.installation.pausedAt)
      throw new StandinError('INPUT_INVALID', { detail: 'This account is already paused.' })
    await updateServing(tx, { accountId, activeGeneration: null }, { pausedAt: tx.clock.now() })
    if (unstopped(account)) await recordInstallationEvent(tx, { accountId, type: 'paused' })
    await record(tx, { actor, event: 'installation.paused', accountId })
  })
}

/**
 * Serves a paused account again, with the credentials that are in force now.
 * @throws StandinError `INPUT_INVALID` if it is not paused
 */
export async function resumeAccount(ctx: Context, { accountId, actor }: Decision): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const account = await lockAccount(tx.db, accountId)
    if (account.credentials.length === 0) throw new StandinError('INSTALLATION_NOT_FOUND')
    if (!account.installation.pausedAt)
      throw new StandinError('INPUT_INVALID', { detail: 'This account is not paused.' })
    const row = unstopped(account)
    if (row && !tx.signedRows.accept(signedCredentials, row))
      throw new StandinError('INTERNAL', { detail: forgedCredentialsDetail })
    await updateServing(tx, { accountId, activeGeneration: row?.generation ?? null }, { pausedAt: null })
    if (row) await recordInstallationEvent(tx, { accountId, type: row.state === 'active' ? 'active' : 'parked' })
    await record(tx, { actor, event: 'installation.resumed', accountId })
  })
}
