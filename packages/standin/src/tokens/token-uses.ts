import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'

export type TokenUses = ReturnType<typeof createTokenUses>

interface UsedToken {
  accountId: string
  scopeKey: string
}

/** Which tokens were handed out since the last save. Each is saved at most four times in its lifetime, which shows well enough whether it is in use. */
export function createTokenUses({ clock }: { clock: Clock }, { maxTokens = 20_000 } = {}) {
  const used = new Map<string, UsedToken>()
  const savedAtMs = new LRUCache<string, number>({ max: maxTokens })

  return {
    note(accountId: string, scopeKey: string, lifetimeMs: number): void {
      const key = `${accountId} ${scopeKey}`
      const savedForMs = clock.monotonicMs() - (savedAtMs.get(key) ?? Number.NEGATIVE_INFINITY)
      if (savedForMs >= lifetimeMs / 4 && used.size < maxTokens) used.set(key, { accountId, scopeKey })
    },
    /** Returns each use once, to be saved. */
    take(): UsedToken[] {
      const taken = [...used.values()]
      for (const key of used.keys()) savedAtMs.set(key, clock.monotonicMs())
      used.clear()
      return taken
    },
  }
}
