import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { networkOf } from './network-of.ts'

/** Limits how often something may happen in a minute, for each address and over all of them. */
export interface AttemptLimiter {
  /** Whether it may happen once more for this address; counts it if so. */
  allows(address: string): Promise<boolean>
}

export function createAttemptLimiter({ address, inAll }: { address: number; inAll: number }): AttemptLimiter {
  const ofAddress = new RateLimiterMemory({ points: address, duration: 60 })
  const ofAll = new RateLimiterMemory({ points: inAll, duration: 60 })
  return {
    async allows(from) {
      // Checked first, so that there are never more addresses in memory than attempts were allowed.
      const all = await ofAll.get('all')
      if (all && all.msBeforeNext > 0 && all.consumedPoints >= inAll) return false
      try {
        await ofAddress.consume(networkOf(from)) // Before the total: one address must not use up the total.
        await ofAll.consume('all')
        return true
      } catch (error) {
        if (error instanceof RateLimiterRes) return false
        throw error
      }
    },
  }
}
