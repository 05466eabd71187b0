import { releaseLease, renewLease, type TakenLease, type TokenIdentity, takeLease } from './lease-store.ts'
import type { TokensContext } from './tokens-context.ts'

/** A replica without a session. The others cannot see whether it is alive, so its leases last until they expire. */
const unknownReplica = 0

/**
 * Runs `work` under the lease of a token, so that all replicas together make one exchange at a time. The lease is renewed
 * during the work, without holding a connection, and released if the work throws.
 * @param seenFence of the lease that was seen to be free; undefined if there was none
 * @returns undefined if another replica was faster
 */
export async function underLease<Result>(
  { db, notices, listener, tokens }: TokensContext,
  token: TokenIdentity,
  seenFence: number | undefined,
  work: (lease: TakenLease) => Promise<Result>,
): Promise<Result | undefined> {
  const { leaseMs, renewEveryMs } = tokens.lease
  const lease = await takeLease(db, token, { seenFence, leaseMs, holder: listener.replica.id() ?? unknownReplica })
  if (!lease) return undefined
  // A renewal that fails is followed by another; a holder that lost the lease cannot write, because of its fence.
  const renewing = setInterval(() => void renewLease(db, token, lease, leaseMs).catch(() => {}), renewEveryMs)
  try {
    return await work(lease)
  } catch (error) {
    await releaseLease({ db, notices }, token, lease).catch(() => {})
    throw error
  } finally {
    clearInterval(renewing)
  }
}
