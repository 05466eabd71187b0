import type { BackgroundLoop } from './background-loop.ts'
import type { Context } from './context.ts'
import { type Question, whatIsDue } from './database/due-store.ts'

/** Loops that wait until the database has work for them. */
export interface WaitingLoops {
  /** Finds in how many milliseconds there is work, if any. */
  due: Question
  loops: readonly Pick<BackgroundLoop, 'wake'>[]
  /** Called with each answer. */
  hear?: ((inMs: number | undefined) => void) | undefined
}

/**
 * Asks once for all loops whether there is work, and wakes those that have some: an idle replica sends one query a second
 * instead of one for each loop.
 * @returns in how many milliseconds the next work is due; false if none is known
 */
export async function lookForWork(
  { db }: Pick<Context, 'db'>,
  waiting: ReadonlyMap<string, WaitingLoops>,
): Promise<number | false> {
  const due = await whatIsDue(db, new Map([...waiting].map(([name, row]) => [name, row.due])))
  for (const [name, { loops, hear }] of waiting) {
    const inMs = due.get(name)
    hear?.(inMs)
    if (inMs !== undefined && inMs <= 0) for (const loop of loops) loop.wake()
  }
  const later = [...due.values()].filter((inMs) => inMs > 0)
  return later.length > 0 ? Math.min(...later) : false
}
