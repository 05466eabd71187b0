import type { Database } from '../database/database.ts'
import { releaseLease, renewLease, type TakenLease, type TokenIdentity, takeLease } from './exchange-store.ts'

export interface ExchangeLeasePolicy {
  /** How long a holder that stands still delays the others. One that dies is noticed sooner, by its replica's lock. */
  leaseMs: number
  renewEveryMs: number
}

export interface ExchangeLease {
  /**
   * Does work under the lease, which is renewed meanwhile; work that throws lets go of it.
   * @param seenFence of the lease that was seen to be free; undefined where there was none
   * @returns undefined where somebody else was quicker
   */
  under<Result>(
    token: TokenIdentity,
    seenFence: number | undefined,
    work: (lease: TakenLease) => Promise<Result>,
  ): Promise<Result | undefined>
}

interface Dependencies {
  db: Database
  /** The id of this process while the others can see that it lives. */
  replicaId: () => number | undefined
}

/** A replica without a session: whether it lives is not known, so its leases last as long as they were taken for. */
const unknownReplica = 0

/** One exchange for a token at a time, over all replicas. It holds no connection while the request is out. */
export function createExchangeLease(
  { db, replicaId }: Dependencies,
  { leaseMs, renewEveryMs }: ExchangeLeasePolicy = { leaseMs: 4_000, renewEveryMs: 1_000 },
): ExchangeLease {
  return {
    async under(token, seenFence, work) {
      const lease = await takeLease(db, token, { seenFence, leaseMs, holder: replicaId() ?? unknownReplica })
      if (!lease) return undefined
      // A renewal that fails is followed by another; the fence stops who lost the lease from writing.
      const renewing = setInterval(() => void renewLease(db, token, { lease, leaseMs }).catch(() => {}), renewEveryMs)
      try {
        return await work(lease)
      } catch (error) {
        await releaseLease(db, token, lease).catch(() => {})
        throw error
      } finally {
        clearInterval(renewing)
      }
    },
  }
}
