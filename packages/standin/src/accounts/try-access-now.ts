import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { parkedProbeMs } from './claimed-credentials.ts'
import { type CredentialRow, listCredentials, updateCredentials } from './credential-store.ts'
import { credentialsThatSpeak } from './credentials-in-force.ts'
import { lockInstallation } from './installation-store.ts'

/** However often people press, Trackunit is asked about an account this often at most. */
const soonestMs = 10_000

/**
 * A person who mended something does not want to wait for the next try. What Trackunit asked for is waited for all the same.
 * @throws StandinError `INPUT_INVALID` where the account's access works, or is not tried any more
 */
export async function tryAccessNow(
  { accountId }: { accountId: string },
  { db, clock }: { db: Database; clock: Clock },
): Promise<void> {
  await db.transaction(async (tx) => {
    await lockInstallation(tx, accountId)
    const row = credentialsThatSpeak(await listCredentials(tx, accountId))
    if (row?.state !== 'pending' && row?.state !== 'parked')
      throw new StandinError('INPUT_INVALID', { detail: 'The access of this account is not being tried.' })
    const nextAttemptAt = sooner(row, clock.now())
    if (nextAttemptAt) await updateCredentials(tx, row, { nextAttemptAt })
  })
}

/** @returns undefined where it is not sooner, or would be sooner than Trackunit asked for */
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
