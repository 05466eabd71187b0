import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'

const windowMs = 60_000
/** More addresses than this in a minute forget the ones seen longest ago: the bound over all of them still holds. */
const mostAddresses = 10_000

/** Counts what may happen so many times in a minute, for each address and over all; its memory is bounded, whoever calls. */
export function createAttemptLimiter({ address, inAll }: { address: number; inAll: number }, clock: Clock) {
  const used = new LRUCache<string, number>({ max: mostAddresses })
  let usedInAll = 0
  let window = Number.NEGATIVE_INFINITY

  return {
    allows(from: string): boolean {
      if (clock.monotonicMs() - window >= windowMs) {
        window = clock.monotonicMs()
        usedInAll = 0
        used.clear()
      }
      const network = networkOf(from)
      const usedByAddress = used.get(network) ?? 0
      // One address alone does not use up what is for all.
      if (usedByAddress >= address || usedInAll >= inAll) return false
      used.set(network, usedByAddress + 1)
      usedInAll++
      return true
    },
  }
}

/** Whoever has one IPv6 address has the 2⁶⁴ of its network. */
export function networkOf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address
  const [head = '', tail = ''] = address.split('::')
  const groups = (text: string) => text.split(':').filter(Boolean)
  const missing = address.includes('::') ? 8 - groups(head).length - groups(tail).length : 0
  const all = [...groups(head), ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...groups(tail)]
  return all.slice(0, 4).join(':')
}
