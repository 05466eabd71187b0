import { type Actor, record } from '../audit/record.ts'
import { type Context, inTransaction } from '../context.ts'
import { StandinError } from '../standin-error.ts'
import { type CredentialRow, lockAccount, updateCredentials } from './account-store.ts'
import { currentCredentials } from './credentials-in-force.ts'
import { parkedProbeMs } from './next-attempt.ts'
import { isSuspended } from './uninstall-lifecycle.ts'

/** The shortest time between two attempts, however often people press the button. */
const soonestMs = 10_000

/**
 * Brings the next attempt forward, for a person who fixed something and does not want to wait. A pause that Trackunit asked
 * for is kept. Who asked is recorded, unless nothing changes.
 * @throws StandinError `INPUT_INVALID` if the account's access works, or is no longer being tried
 */
export async function tryAccessNow(
  ctx: Context,
  { accountId, actor }: { accountId: string; actor: Actor },
): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { installation, credentials } = await lockAccount(tx.db, accountId)
    const row = currentCredentials(credentials)
    const stopped = row && isSuspended(installation, row)
    if (stopped || (row?.state !== 'pending' && row?.state !== 'parked'))
      throw new StandinError('INPUT_INVALID', {
        detail: 'The access of this account is not being tried: its credentials work, or there are none.',
      })
    const nextAttemptAt = sooner(row, ctx.clock.now())
    if (!nextAttemptAt) return
    await updateCredentials(tx, row, { nextAttemptAt })
    await record(tx, { actor, event: 'installation.tried', accountId, generation: row.generation })
  })
}

/** @returns undefined if it would not be sooner, or sooner than Trackunit asked for */
export function sooner(
  row: Pick<CredentialRow, 'reason' | 'claimedBy' | 'triedAt' | 'nextAttemptAt'>,
  now: Date,
): Date | undefined {
  const { reason, claimedBy, triedAt, nextAttemptAt: planned } = row
  if (claimedBy !== null || planned === null || reason === 'TRACKUNIT_RATE_LIMITED') return undefined
  const isAskedFor = triedAt !== null && planned.getTime() - triedAt.getTime() > parkedProbeMs
  const soonest = new Date(Math.max(now.getTime(), triedAt === null ? 0 : triedAt.getTime() + soonestMs))
  return isAskedFor || planned <= soonest ? undefined : soonest
}
