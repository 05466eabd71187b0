import { StandinError } from '../standin-error.ts'

export type Turns = ReturnType<typeof createTurns>

interface OfCaller {
  underway: number
  waiting: Set<() => void>
}

const patienceMs = 10_000

/** Lets each caller do a few things at once. Further calls of that caller wait, while other callers overtake them. */
export function createTurns(atOnce: number) {
  const callers = new Map<string, OfCaller>()

  const waitIn = ({ waiting }: OfCaller) =>
    new Promise<void>((resolve, reject) => {
      const begin = () => {
        clearTimeout(timer)
        resolve()
      }
      const giveUp = () => {
        waiting.delete(begin)
        const detail = 'The calls before this one take too long.'
        reject(new StandinError('RATE_LIMITED', { retryAfterMs: patienceMs, detail }))
      }
      const timer = setTimeout(giveUp, patienceMs)
      waiting.add(begin)
    })

  return {
    /**
     * @returns a function that ends the turn
     * @throws StandinError `RATE_LIMITED` after ten seconds
     */
    async take(name: string): Promise<() => void> {
      const own = callers.get(name) ?? { underway: 0, waiting: new Set() }
      callers.set(name, own)
      if (own.underway < atOnce) own.underway++
      else await waitIn(own)
      return () => {
        const [next] = own.waiting
        if (!next) {
          if (--own.underway === 0) callers.delete(name)
          return
        }
        own.waiting.delete(next)
        setImmediate(next) // Requests of others are read in between: work that never waits must not follow at once.
      }
    },
    size: () => callers.size,
  }
}
