/**
 * Connects a host, which passes on its token whenever it changes, with callers, which ask for one when they need it. Without
 * a token, a caller waits for at most `patienceMs`.
 */
export function createTokenRelay(patienceMs: number) {
  let current: string | undefined
  let waiting: { resolve(token: string): void; timer: ReturnType<typeof setTimeout> }[] = []

  return {
    /** `undefined`: the host no longer has one. */
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
