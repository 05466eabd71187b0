import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import type { TokenIdentity } from './exchange-store.ts'

export type TokenUses = ReturnType<typeof createTokenUses>

/**
 * Remembers which tokens left. It is written down at most four times in a token's life: that it is used is all that
 * whoever replaces tokens needs to know.
 */
export function createTokenUses({ clock, maxTokens = 20_000 }: { clock: Clock; maxTokens?: number }) {
  const used = new Map<string, { accountId: string; scopeKey: string; lifetimeMs: number }>()
  const keptAtMs = new LRUCache<string, number>({ max: maxTokens })

  return {
    note({ accountId, scopeKey }: TokenIdentity, lifetimeMs: number): void {
      const key = `${accountId} ${scopeKey}`
      const keptForMs = clock.monotonicMs() - (keptAtMs.get(key) ?? Number.NEGATIVE_INFINITY)
      if (keptForMs >= lifetimeMs / 4 && used.size < maxTokens) used.set(key, { accountId, scopeKey, lifetimeMs })
    },
    /** What is to be written down: each use is given out once. */
    take(): Array<{ accountId: string; scopeKey: string }> {
      const taken = [...used.values()]
      for (const key of used.keys()) keptAtMs.set(key, clock.monotonicMs())
      used.clear()
      return taken
    },
  }
}
