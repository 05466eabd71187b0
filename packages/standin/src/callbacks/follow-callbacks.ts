import { setTimeout as pause } from 'node:timers/promises'
import type { Context } from '../context.ts'
import { arrivalsSince, type CallbackArrival } from './arrival-store.ts'

/** A transaction that began earlier may commit later. */
const lookBackMs = 10_000

/** Callbacks as they arrive, each once; of the rejected ones only samples. @param everyMs between two reads */
export async function* followCallbacks(
  { db }: Pick<Context, 'db'>,
  { since, signal, everyMs }: { since: Date; signal: AbortSignal; everyMs: number },
): AsyncGenerator<CallbackArrival> {
  const seen = new Set<string>()
  let from = since
  while (!signal.aborted) {
    const found = await arrivalsSince(db, from)
    for (const { key, ...arrival } of found.sort((one, other) => one.at.getTime() - other.at.getTime())) {
      if (seen.has(key)) continue
      seen.add(key)
      yield arrival
    }
    const newest = found.at(-1)?.at.getTime() ?? 0
    from = new Date(Math.max(from.getTime(), newest - lookBackMs))
    await pause(everyMs, undefined, { signal }).catch(() => {})
  }
}
