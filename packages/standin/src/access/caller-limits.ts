import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import { StandinError } from '../standin-error.ts'
import { networkOf } from './network-of.ts'

export interface LimitPolicy {
  /** Failed sign-ins from one network in a minute; after that, obvious garbage from it is refused. */
  failuresPerMinute: number
}

export type CallerLimits = ReturnType<typeof createCallerLimits>

const minuteMs = 60_000
/** Only the addresses that failed last are remembered. The others start again from zero, which only lets them send more garbage. */
const mostNetworks = 10_000

/** Limits of one replica: failed sign-ins from an address, or from a /64 network of IPv6. */
export function createCallerLimits({ failuresPerMinute }: LimitPolicy, clock: Pick<Clock, 'monotonicMs'>) {
  // Not rate-limiter-flexible, whose memory grows with every address.
  const failures = new LRUCache<string, { count: number; endsAtMs: number }>({ max: mostNetworks })
  const failuresOf = (address: string) => {
    const known = failures.get(networkOf(address))
    return known && known.endsAtMs > clock.monotonicMs() ? known : undefined
  }

  return {
    /** @throws StandinError `RATE_LIMITED` once an address has failed too often */
    refuseWhereFailedOften(address: string): void {
      const failed = failuresOf(address)
      if (failed && failed.count >= failuresPerMinute)
        throw new StandinError('RATE_LIMITED', { retryAfterMs: failed.endsAtMs - clock.monotonicMs() })
    },
    /** Counts a failed sign-in. */
    countFailure(address: string): void {
      const failed = failuresOf(address)
      if (failed) failed.count++
      else failures.set(networkOf(address), { count: 1, endsAtMs: clock.monotonicMs() + minuteMs })
    },
  }
}
