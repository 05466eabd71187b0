import { playClock } from './played-clock-store.ts'

interface Followed {
  /** Of the simulated Trackunit: answers `{ offsetMs }`. */
  clockUrl: string
  databaseUrl: string
  say: (line: string) => void
}

const everyMs = 500

/** What makes Node load something before the server: its `Date` follows the same clock. */
export const withMovedDate = (clockUrl: string) =>
  ['--import', `${import.meta.resolve('standin/moved-date')}?clock=${encodeURIComponent(clockUrl)}`] as const

/**
 * Lets the database follow the clock of the simulated Trackunit, from before the server's first session on.
 * @returns what ends it: the database then has the machine's time again
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
      await clock.set(offsetMs) // Again each time: it counts for some seconds.
      if (offsetMs === setMs) return
      setMs = offsetMs
      say(`It is ${new Date(Date.now() + offsetMs).toISOString()} now, for the server and its database too.`)
    } catch {
      // The simulator starts, or ends: the time stays as it is.
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
