import type { Clock } from '../clock.ts'
import type { Caller } from './caller.ts'

/** The longest delay of a timer in Node; one with a longer delay fires at once. */
const longestTimerMs = 2 ** 31 - 1

/** Aborts when a stream has to end: its reader has left, or the token that opened it has expired. */
export function endOfRight(caller: Caller, { clock, signal }: { clock: Clock; signal: AbortSignal | undefined }) {
  const ends = signal ? [signal] : []
  if (caller.kind === 'user') {
    const leftMs = caller.expiresAt.getTime() - clock.now().getTime()
    ends.push(AbortSignal.timeout(Math.min(Math.max(0, leftMs), longestTimerMs)))
  }
  return AbortSignal.any(ends)
}
