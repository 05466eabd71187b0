import type { LifecycleSignal, LifecycleStatus } from '@standin/contracts'
import { type Actor, record } from '../../audit/record.ts'
import { type Context, inTransaction } from '../../context.ts'
import {
  listCredentials,
  lockAccount,
  probeCredentials,
  updateCredentials,
  updateInstallation,
} from '../account-store.ts'
import { liveSignal, unstopped } from '../uninstall-lifecycle.ts'

/** The shortest time between two probes that an account's signals cause: any user's token of the account can send them. */
const probeAgainAfterMs = 60_000
const extension: Actor = { kind: 'trackunit', id: 'lifecycle extension' }

/**
 * Handles a signal of the app's lifecycle extension. It proves nothing: an uninstall is shown to administrators and the
 * operator, and the credentials in force are probed; repeated refusals confirm it.
 */
export async function signalLifecycle(
  ctx: Context,
  { accountId, type }: { accountId: string; type: LifecycleSignal['type'] },
): Promise<LifecycleStatus> {
  if (type === 'INSTALLED') return 'ignored' // The callback brings the credentials.
  const isKnown = (await listCredentials(ctx.db, accountId)).some(({ state }) => state !== 'uninstalled')
  if (!isKnown) return 'ignored'

  return inTransaction(ctx, async (tx) => {
    const now = ctx.clock.now()
    const account = await lockAccount(tx.db, accountId)
    const { installation } = account
    const { uninstallProbedAt } = installation
    const signalledAt = liveSignal(installation, now)
    if (uninstallProbedAt && now.getTime() - uninstallProbedAt.getTime() < probeAgainAfterMs) return 'duplicate'
    const inForce = unstopped(account)
    await updateInstallation(tx, accountId, {
      // It is about what is in force now, even if Trackunit's clock is ahead of this one.
      uninstallSignalledAt: signalledAt ?? (inForce && inForce.issuedAt > now ? inForce.issuedAt : now),
      uninstallProbedAt: now,
    })
    // Refusals since the first signal count.
    if (inForce && signalledAt) await updateCredentials(tx, inForce, { nextAttemptAt: now })
    else if (inForce) await probeCredentials(tx, inForce, now)
    if (!signalledAt) await record(tx, { actor: extension, event: 'installation.uninstall-signalled', accountId })
    return 'accepted'
  })
}
