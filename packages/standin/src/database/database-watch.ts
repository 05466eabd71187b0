import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import { type Connection, connectDatabase } from './database.ts'
import type { Replica } from './replica.ts'

interface Dependencies {
  replica: Replica
  clock: Clock
  /** Asks the database anything. */
  ask: () => Promise<unknown>
  /** Ends connections that went silent, at once or unless something arrives on them. */
  cut: (unlessHeardWithinMs: number) => void
}

export interface DatabaseWatch {
  isDown(): boolean
  /** How long it has been down, counted from when the last session to it was lost; 0 while it is up. */
  downForMs(): number
  /** Asks at once, for whoever met an error. @returns whether it is down */
  suspect(): Promise<boolean>
  /** What `work` comes to, unless the database is found to be down first. @throws DatabaseDown */
  whileUp<Result>(work: Promise<Result>): Promise<Result>
  /** Calls when it is up again, before anything is told that it is. @returns what ends that */
  onUp(tell: () => void): () => void
  stop(): void
}

/** The database went away while work on it was under way. What it came to is not known. */
class DatabaseDown extends Error {
  override readonly name = 'DatabaseDown'
  readonly code = 'CONNECTION_CLOSED'
}

const answersWithinMs = 700
const askEveryMs = 250
const heardWithinMs = 500

/**
 * Whether the database answers. While the session for LISTEN is there it does: that one notices silence within a second.
 * Without it the database is asked again and again, until it answers and the session is there again.
 */
export function createDatabaseWatch({ replica, clock, ask, cut }: Dependencies): DatabaseWatch {
  let downSinceMs: number | undefined
  let lostAtMs: number | undefined
  /** Of those whose work is under way: each leaves when its work ends. A race with one long promise would keep them all. */
  const interrupts = new Set<(reason: Error) => void>()
  let asking: Promise<void> | undefined
  const stopping = new AbortController()
  const tellers = new Set<() => void>()

  function becomeDown(): void {
    cut(0)
    if (downSinceMs !== undefined) return
    downSinceMs = lostAtMs ?? clock.monotonicMs()
    for (const interrupt of interrupts) interrupt(new DatabaseDown('The database does not answer.'))
  }
  function becomeUp(): void {
    lostAtMs = undefined
    if (downSinceMs === undefined) return
    for (const tell of tellers) tell()
    downSinceMs = undefined
  }

  /** Asks once, and then until all is well. @returns when the first answer came, or none */
  function look(): Promise<void> {
    asking ??= (async () => {
      const first = await askOnce()
      void (async () => {
        for (let answered = first; !(answered && replica.id() !== undefined) && !stopping.signal.aborted; ) {
          await pause(askEveryMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
          answered = await askOnce()
        }
        asking = undefined
      })()
    })()
    return asking
  }

  async function askOnce(): Promise<boolean> {
    const timer = new AbortController()
    const answered = await Promise.race([
      ask().then(
        () => true,
        () => false,
      ),
      pause(answersWithinMs, false, { signal: timer.signal, ref: false }).catch(() => false),
    ])
    timer.abort()
    if (stopping.signal.aborted) return answered
    if (answered) becomeUp()
    else becomeDown()
    return answered
  }

  const endLost = replica.onLost(() => {
    lostAtMs ??= clock.monotonicMs()
    cut(heardWithinMs) // What made the session silent may have made others so, though the database answers.
    void look()
  })
  return {
    isDown: () => downSinceMs !== undefined,
    downForMs: () => (downSinceMs === undefined ? 0 : clock.monotonicMs() - downSinceMs),
    async suspect() {
      await look()
      return downSinceMs !== undefined
    },
    whileUp: (work) =>
      new Promise((resolve, reject) => {
        interrupts.add(reject)
        void work.then(resolve, reject).finally(() => interrupts.delete(reject))
        if (downSinceMs !== undefined) reject(new DatabaseDown('The database does not answer.'))
      }),
    onUp(tell) {
      tellers.add(tell)
      return () => void tellers.delete(tell)
    },
    stop() {
      stopping.abort()
      endLost()
    },
  }
}

/** Watches the database that a pool is connected to, over a connection of its own: a busy pool is not a silent database. */
export function watchDatabase({
  url,
  pooled,
  cut,
  ...dependencies
}: Pick<Dependencies, 'replica' | 'clock'> &
  Pick<Connection, 'cut'> & { url: string; pooled: boolean }): DatabaseWatch & {
  close(): Promise<void>
} {
  const own = connectDatabase(url, { pool: 1, pooled })
  const watch = createDatabaseWatch({
    ...dependencies,
    ask: () => own.sql`select 1`,
    cut: (unlessHeardWithinMs) => {
      cut(unlessHeardWithinMs)
      own.cut(unlessHeardWithinMs)
    },
  })
  return {
    ...watch,
    async close() {
      watch.stop()
      await own.close()
    },
  }
}
