import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { StandinError } from '../standin-error.ts'

export interface LimitPolicy {
  /** Requests with one key, on average over ten seconds, to this replica. */
  keyRequestsPerS: number
  /** Failed sign-ins from one address in a minute; after that, its requests are no longer checked. */
  failuresPerMinute: number
}

export type CallerLimits = ReturnType<typeof createCallerLimits>

const windowS = 10

/** Limits of one replica: requests with a key, and failed sign-ins from an address. */
export function createCallerLimits({ keyRequestsPerS, failuresPerMinute }: LimitPolicy) {
  const ofKey = new RateLimiterMemory({ points: keyRequestsPerS * windowS, duration: windowS })
  const ofAddress = new RateLimiterMemory({ points: failuresPerMinute, duration: 60 })

  return {
    /** Counts a request with a key. @throws StandinError `RATE_LIMITED` with when to retry */
    async countRequest(keyId: string): Promise<void> {
      try {
        await ofKey.consume(keyId)
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error // The library rejects with its counters.
        throw new StandinError('RATE_LIMITED', { retryAfterMs: error.msBeforeNext })
      }
    },
    /** @throws StandinError `RATE_LIMITED` once an address has failed too often */
    async refuseWhereFailedOften(address: string): Promise<void> {
      const failed = await ofAddress.get(address)
      if (failed && failed.consumedPoints >= failuresPerMinute)
        throw new StandinError('RATE_LIMITED', { retryAfterMs: failed.msBeforeNext })
    },
    /** Counts a failed sign-in. */
    async countFailure(address: string): Promise<void> {
      await ofAddress.penalty(address) // Counts without refusing: the next request is refused.
    },
  }
}
