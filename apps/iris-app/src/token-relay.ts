/**
 * Between a host that hands on its current token whenever it likes, and a caller that asks for one when it needs it.
 * Without a token a caller waits, `patienceMs` at most.
 */
export function createTokenRelay(patienceMs: number) {
  let current: string | undefined
  let waiting: { resolve(token: string): void; timer: ReturnType<typeof setTimeout> }[] = []

  return {
    /** `undefined`: the host has none any more. */
    offer(token: string | undefined): void {
      current = token
      if (token === undefined) return
      for (const { resolve, timer } of waiting) {
        clearTimeout(timer)
        resolve(token)
      }
      waiting = []
    },
    take(): Promise<string> {
      if (current !== undefined) return Promise.resolve(current)
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting = waiting.filter((caller) => caller.timer !== timer)
          reject(new Error('The host gave no token.'))
        }, patienceMs)
        waiting.push({ resolve, timer })
      })
    },
  }
}
