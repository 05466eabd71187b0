/** Somebody who waits for news of an account's tokens, from the moment at which this was made. */
export interface AwaitedNews {
  /** Resolves with the first news, or after `withinMs`: a notification can be lost. */
  heard(withinMs: number): Promise<void>
  end(): void
}

export type TokenNews = ReturnType<typeof createTokenNews>

/** Carries the word that an exchange has ended, from here or from another replica, to those who wait for it. */
export function createTokenNews() {
  const waiting = new Map<string, Set<() => void>>()
  const tell = (accountId: string) => {
    for (const hear of waiting.get(accountId) ?? []) hear()
  }
  return {
    tell,
    /** What was said meanwhile is lost: everyone looks. */
    tellAll(): void {
      for (const accountId of waiting.keys()) tell(accountId)
    },
    /** Register before looking: news that come between the look and the waiting count. */
    expect(accountId: string): AwaitedNews {
      const { promise, resolve } = Promise.withResolvers<void>()
      const those = waiting.get(accountId) ?? new Set()
      waiting.set(accountId, those.add(resolve))
      return {
        async heard(withinMs) {
          const net = setTimeout(resolve, withinMs)
          await promise
          clearTimeout(net)
        },
        end() {
          those.delete(resolve)
          if (those.size === 0 && waiting.get(accountId) === those) waiting.delete(accountId)
        },
      }
    },
  }
}
