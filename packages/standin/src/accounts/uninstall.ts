import { type Actor, record } from '../audit/record.ts'
import { type Context, type InTransaction, inTransaction } from '../context.ts'
import { StandinError } from '../standin-error.ts'
import {
  type Account,
  type CredentialRow,
  eraseCredentials,
  type InstallationRow,
  listCredentials,
  lockAccount,
  lockInstallation,
  updateCredentials,
  updateInstallation,
  updateServing,
} from './account-store.ts'
import { forgedCredentialsDetail, signedCredentials } from './account-table.ts'
import type { AccountsContext } from './accounts-context.ts'
import { activateCredentials } from './activate-credentials.ts'
import { isInForce } from './credential-lifecycle.ts'
import { comparePositions } from './credential-order.ts'
import { recordInstallationEvent } from './installation-event-store.ts'
import { noRefusals } from './refusal-evidence.ts'
import { isSuspended, newest, nextUninstallState, uninstallStateOf } from './uninstall-lifecycle.ts'

interface Decision {
  accountId: string
  actor: Actor
}

/**
 * Ends an installation whose row is locked, for good: erases secrets, tokens and whatever is small; the rest of its data is
 * erased in batches after the commit (`erase-data.ts`). History and audit stay. Credentials that were sent after `issuedAt`
 * belong to a later installation: if those are in force already, only the older ones are erased.
 */
export async function uninstall(
  tx: InTransaction<AccountsContext>,
  { installation, issuedAt, actor }: { installation: InstallationRow; issuedAt: Date; actor: Actor },
): Promise<void> {
  const { accountId, suspendedUpTo, uninstallSignalledAt } = installation
  const rows = await listCredentials(tx.db, accountId)
  for (const row of rows.filter((row) => row.issuedAt <= issuedAt && row.state !== 'uninstalled'))
    await eraseCredentials(tx, row)

  const settled = {
    uninstalledAt: newest(installation.uninstalledAt, issuedAt) ?? issuedAt,
    ...(suspendedUpTo && suspendedUpTo <= issuedAt && { suspendedUpTo: null, suspendedAt: null }),
    ...(uninstallSignalledAt && uninstallSignalledAt <= issuedAt && { uninstallSignalledAt: null }),
  }
  if (rows.some((row) => isInForce(row) && row.issuedAt > issuedAt)) {
    await updateInstallation(tx, accountId, settled)
    return record(tx, { actor, event: 'installation.earlier-uninstalled', accountId })
  }
  for (const whenUninstalled of tx.accounts.whenUninstalled) await whenUninstalled(tx, accountId, settled.uninstalledAt)
  const ended = { ...settled, name: null, nameInLowerCase: null, erasingSince: tx.clock.now() }
  await updateServing(tx, { accountId, activeGeneration: null }, ended)
  await recordInstallationEvent(tx, { accountId, type: 'uninstalled' })
  await record(tx, { actor, event: 'installation.uninstalled', accountId })
}

/**
 * A person confirms an uninstall that suspended the account, or that was only signalled.
 * @throws StandinError `INPUT_INVALID` if there is none, or the account was installed again since
 */
export async function confirmUninstall(ctx: AccountsContext, { accountId, actor }: Decision): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { installation } = await lockUninstalling(tx, accountId)
    const issuedAt = newest(installation.suspendedUpTo, installation.uninstallSignalledAt)
    if (issuedAt) await uninstall(tx, { installation, issuedAt, actor })
  })
}

/**
 * A person says that an uninstall is wrong: everything continues as it was. The same signal does not come back, nor does the
 * same UNINSTALLED suspend the account again; a newer one does.
 * @throws StandinError `INPUT_INVALID` if there is none
 */
export async function dismissUninstall(ctx: Context, { accountId, actor }: Decision): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const account = await lockUninstalling(tx, accountId)
    if (account.installation.suspendedUpTo) return restore(tx, { ...account, actor })
    await updateInstallation(tx, accountId, dismissed(account.installation))
    await record(tx, { actor, event: 'installation.uninstall-dismissed', accountId })
  })
}

/**
 * Brings a suspended account back as it was.
 * @throws StandinError `INPUT_INVALID` if it is not suspended
 */
export async function restoreInstallation(ctx: Context, { accountId, actor }: Decision): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const account = await lockAccount(tx.db, accountId)
    if (!account.installation.suspendedUpTo)
      throw new StandinError('INPUT_INVALID', { detail: 'This account is not suspended.' })
    await restore(tx, { ...account, actor })
  })
}

async function restore(
  tx: InTransaction,
  { installation, credentials, actor }: Account & { actor: Actor },
): Promise<void> {
  const { accountId, suspendedUpTo } = installation
  const inForce = credentials.find(isInForce)
  if (inForce && !tx.signedRows.accept(signedCredentials, inForce))
    throw new StandinError('INTERNAL', { detail: forgedCredentialsDetail })
  const nextAttemptAt = tx.clock.now()
  // As it was, and probed at once: Trackunit may have revoked them in the meantime.
  for (const row of credentials.filter((row) => isSuspended(installation, row) && isProbed(row)))
    await updateCredentials(tx, row, { attempts: 0, ...noRefusals, nextAttemptAt })
  await updateServing(
    tx,
    { accountId, activeGeneration: installation.pausedAt ? null : (inForce?.generation ?? null) },
    {
      suspendedUpTo: null,
      suspendedAt: null,
      restoredUpTo: newest(installation.restoredUpTo, suspendedUpTo) ?? null,
      ...dismissed(installation),
    },
  )
  if (inForce && isSuspended(installation, inForce) && !installation.pausedAt)
    await recordInstallationEvent(tx, { accountId, type: inForce.state === 'active' ? 'active' : 'parked' })
  await record(tx, { actor, event: 'installation.restored', accountId })
}

const isProbed = (row: CredentialRow) => row.state === 'pending' || isInForce(row)

/** The signal is over, and is not shown again. */
const dismissed = ({ uninstallSignalledAt, uninstallDismissedAt }: InstallationRow) => ({
  uninstallSignalledAt: null,
  uninstallDismissedAt: newest(uninstallDismissedAt, uninstallSignalledAt) ?? null,
})

async function lockUninstalling(tx: InTransaction, accountId: string): Promise<Account> {
  const account = await lockAccount(tx.db, accountId)
  if (!nextUninstallState(uninstallStateOf(account.installation, tx.clock.now()), 'confirmed'))
    throw new StandinError('INPUT_INVALID', { detail: 'No uninstall of this account waits for a decision.' })
  return account
}

/**
 * Settles an uninstall that nobody decided in time: an account that a bound UNINSTALLED suspended is erased, an unproven
 * signal is forgotten.
 */
export async function settleUninstall(ctx: AccountsContext, accountId: string): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const installation = await lockInstallation(tx.db, accountId)
    const { suspendedUpTo, suspendedAt, uninstallSignalledAt } = installation
    const now = tx.clock.now()
    const eraseBefore = new Date(now.getTime() - tx.config.callback.uninstallEraseAfterMs)
    if (suspendedUpTo && suspendedAt && suspendedAt <= eraseBefore)
      return uninstall(tx, { installation, issuedAt: suspendedUpTo, actor: sweeper })
    if (uninstallSignalledAt && uninstallStateOf({ ...installation, suspendedUpTo: null }, now) === 'none') {
      await updateInstallation(tx, accountId, dismissed(installation))
      await record(tx, { actor: sweeper, event: 'installation.uninstall-expired', accountId })
    }
  })
}

const sweeper: Actor = { kind: 'system', id: 'sweeper' }

/**
 * Credentials that waited for the end of an uninstalled account come into force: they were sent after the uninstall, and
 * proven.
 */
export async function takeOverAfterUninstall(tx: InTransaction, account: Account): Promise<void> {
  const { installation, credentials } = account
  const { accountId, activeGeneration, uninstalledAt } = installation
  if (activeGeneration !== null || credentials.some(isInForce)) return
  const next = credentials
    .filter(
      ({ state, issuedAt }) => state === 'awaiting-approval' && uninstalledAt !== null && issuedAt > uninstalledAt,
    )
    .sort(comparePositions)
    .at(-1)
  if (!next) return
  await activateCredentials(tx, next, { event: 'approved', account })
  const { generation } = next
  await record(tx, { actor: sweeper, event: 'credentials.took-over', accountId, generation })
}

/**
 * Erases every secret that an account ever sent. A callback that is newer than all of them installs it again.
 * @throws StandinError `INSTALLATION_NOT_FOUND`
 */
export async function eraseInstallation(ctx: AccountsContext, { accountId, actor }: Decision): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { installation, credentials } = await lockAccount(tx.db, accountId)
    if (credentials.length === 0) throw new StandinError('INSTALLATION_NOT_FOUND')
    const { uninstallSignalledAt, suspendedUpTo } = installation
    const sentAt = [uninstallSignalledAt, suspendedUpTo, ...credentials.map(({ issuedAt }) => issuedAt)].map(Number)
    await uninstall(tx, { installation, issuedAt: new Date(Math.max(...sentAt)), actor })
  })
}
