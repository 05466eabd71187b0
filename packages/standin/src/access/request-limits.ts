import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { StandinError } from '../standin-error.ts'

export interface LimitPolicy {
  /** Requests of one key, on average over ten seconds, to this replica. */
  keyRequestsPerS: number
  /** Refused sign-ins of one address in a minute, before what it sends is looked at no more. */
  failuresPerMinute: number
}

export type RequestLimits = ReturnType<typeof createRequestLimits>

const windowS = 10

/** Bounds of one replica: requests of a key, and failed sign-ins of an address. */
export function createRequestLimits({ keyRequestsPerS, failuresPerMinute }: LimitPolicy) {
  const ofKey = new RateLimiterMemory({ points: keyRequestsPerS * windowS, duration: windowS })
  const ofAddress = new RateLimiterMemory({ points: failuresPerMinute, duration: 60 })

  return {
    /** Counts a request of a key. @throws StandinError `RATE_LIMITED` with when */
    countRequest: (keyId: string) => obey(ofKey.consume(keyId)),
    /** @throws StandinError `RATE_LIMITED` once an address failed too often to be looked at */
    async refuseWhereFailedOften(address: string): Promise<void> {
      const failed = await ofAddress.get(address)
      if (failed && failed.consumedPoints >= failuresPerMinute)
        throw new StandinError('RATE_LIMITED', { retryAfterMs: failed.msBeforeNext })
    },
    /** Counts a sign-in that was refused. */
    countFailure: async (address: string): Promise<void> => {
      await ofAddress.consume(address).catch(() => {}) // What comes of it is seen by the next look.
    },
  }
}

/** The library rejects with its counters. */
async function obey(consumed: Promise<unknown>): Promise<void> {
  try {
    await consumed
  } catch (error) {
    if (error instanceof RateLimiterRes) throw new StandinError('RATE_LIMITED', { retryAfterMs: error.msBeforeNext })
    throw error
  }
}
