import { inTransaction } from '../context.ts'
import { lockAccount, updateInstallation } from './account-store.ts'
import type { AccountsContext } from './accounts-context.ts'
import { listUnsettled } from './stopped-account-store.ts'
import { settleUninstall, takeOverAfterUninstall } from './uninstall.ts'
import { signalLifeMs } from './uninstall-lifecycle.ts'

const atOnce = 20

/**
 * Settles uninstalls that were not decided in time, and erases the data of uninstalled accounts, one batch each.
 * @returns whether there is more to erase
 */
export async function settleUninstalls(ctx: AccountsContext): Promise<boolean> {
  const nowMs = ctx.clock.now().getTime()
  const unsettled = await listUnsettled(ctx.db, {
    suspendedBefore: new Date(nowMs - ctx.config.callback.uninstallEraseAfterMs),
    signalledBefore: new Date(nowMs - signalLifeMs),
    limit: atOnce,
  })
  let isMore = unsettled.length === atOnce
  for (const { accountId, isErasing } of unsettled) {
    if (isErasing) isMore = (await eraseBatch(ctx, accountId)) || isMore
    else {
      await settleUninstall(ctx, accountId)
      isMore = true
    }
  }
  return isMore
}

/** Erases all data of an uninstalled account, batch by batch. */
export async function eraseData(ctx: AccountsContext, accountId: string): Promise<void> {
  while (await eraseBatch(ctx, accountId));
}

/**
 * Erases some of what is kept of an uninstalled account, in a transaction of its own. A new installation of the account
 * comes into force only after the last one, so that nothing of it is erased.
 * @returns whether there may be more
 */
async function eraseBatch(ctx: AccountsContext, accountId: string): Promise<boolean> {
  return inTransaction(ctx, async (tx) => {
    const account = await lockAccount(tx.db, accountId)
    if (!account.installation.erasingSince) return false
    for (const eraseSome of tx.accounts.whenErasing) if (await eraseSome(tx, accountId)) return true
    await updateInstallation(tx, accountId, { erasingSince: null })
    await takeOverAfterUninstall(tx, account)
    return false
  })
}
