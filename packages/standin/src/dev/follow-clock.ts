import { playClock } from './played-clock-store.ts'

interface Followed {
  /** Of the simulated Trackunit: answers `{ offsetMs }`. */
  clockUrl: string
  databaseUrl: string
  say: (line: string) => void
}

const everyMs = 500

/** Arguments that make Node load `moved-date.ts` before the server, so that its `Date` follows the same clock. */
export const withMovedDate = (clockUrl: string) =>
  ['--import', `${import.meta.resolve('standin/moved-date')}?clock=${encodeURIComponent(clockUrl)}`] as const

/**
 * Lets the database follow the clock of the simulated Trackunit. Call it before the server's first session.
 * @returns a function that ends this: the database then has the machine's time again
 */
export async function followClock({ clockUrl, databaseUrl, say }: Followed): Promise<() => Promise<void>> {
  const clock = await playClock(databaseUrl)
  let setMs = 0
  let following: Promise<void> | undefined

  async function follow(): Promise<void> {
    try {
      const answer = await fetch(clockUrl, { signal: AbortSignal.timeout(2_000) })
      const { offsetMs } = (await answer.json()) as { offsetMs: number }
      if (offsetMs === 0 && setMs === 0) return
      await clock.set(offsetMs) // Repeated, because it is valid for some seconds.
      if (offsetMs === setMs) return
      setMs = offsetMs
      say(`The server and its database now have the time ${new Date(Date.now() + offsetMs).toISOString()}.`)
    } catch {
      // The simulator is starting or ending: the time stays as it is.
    }
  }

  const timer = setInterval(() => {
    following ??= follow().finally(() => {
      following = undefined
    })
  }, everyMs)
  return async () => {
    clearInterval(timer)
    await following
    await clock.set(0).catch(() => {})
    await clock.close()
  }
}
