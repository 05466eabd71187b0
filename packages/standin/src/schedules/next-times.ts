import { createHash } from 'node:crypto'
import { RRuleTemporal } from 'rrule-temporal'
import { type Recurrence, refused, understandRecurrence } from './recurrence.ts'

/** When something recurs, for one account. */
export interface Plan {
  accountId: string
  recurrence: string
  timeZone: string
  /** From where intervals and counts go, and whence comes what the rule does not say. */
  anchorAt: Date
}

/** All schedules that say "Monday at six" begin within so long after it. */
export const spreadMs = 10 * 60_000

/** A rule that needs more periods than this to find its next time never comes, or as good as never. */
const maxPeriods = 5_000
/** Longer than any clock is set forward or back at once. */
const longestShift = { hours: 26 } as const

/**
 * The next times after a moment, ever later; fewer than asked for where the recurrence ends. Times are of the wall clock:
 * one that a day does not have, because clocks go forward, is as much later; one that it has twice comes once.
 * @throws StandinError `INPUT_INVALID` for a rule that cannot be
 */
export function nextTimes(plan: Plan, { after, count }: { after: Date; count: number }): Date[] {
  const { timeZone } = plan
  const recurrence = understandRecurrence(plan.recurrence)
  const laterMs = spreadOf(plan)
  const lastAtMs = lastMomentMs(recurrence, timeZone)
  const wallClock = (at: Date) =>
    Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDateTime()

  try {
    // On a clock that never changes, each time of the rule is there once; which moment that is, is found afterwards.
    const dtstart = wallClock(plan.anchorAt)
      .round({ smallestUnit: 'minute', roundingMode: 'ceil' })
      .toZonedDateTime('UTC')
    const rule = new RRuleTemporal({ rruleString: recurrence.rule, dtstart, strict: true, maxIterations: maxPeriods })
    const times: Date[] = []
    let previousMs = after.getTime()
    let from = wallClock(after).subtract(longestShift).toZonedDateTime('UTC')
    while (times.length < count) {
      const found = rule.next(from, false)
      if (!found) break
      from = found
      const atMs = found.toPlainDateTime().toZonedDateTime(timeZone).epochMilliseconds
      if (atMs > lastAtMs) break
      if (atMs + laterMs <= previousMs) continue
      previousMs = atMs + laterMs
      times.push(new Date(previousMs))
    }
    return times
  } catch {
    throw refused('it never comes') // The library speaks of its own iterations.
  }
}

/** The same for one account, rule and zone, so that it can be shown before there is a schedule. */
function spreadOf({ accountId, recurrence, timeZone }: Plan): number {
  const digest = createHash('sha256').update([accountId, recurrence, timeZone].join('\n')).digest()
  return (digest.readUInt32BE() % (spreadMs / 1_000)) * 1_000
}

/** `UNTIL` is a moment, a wall-clock time, or the whole of a day. */
function lastMomentMs({ until }: Recurrence, timeZone: string): number {
  if (until === undefined) return Number.POSITIVE_INFINITY
  try {
    if (until.endsWith('Z')) return Temporal.Instant.from(until).epochMilliseconds
    const wall =
      until.length === 8
        ? Temporal.PlainDate.from(until).toPlainDateTime('23:59:59')
        : Temporal.PlainDateTime.from(until)
    return wall.toZonedDateTime(timeZone).epochMilliseconds
  } catch {
    throw refused('UNTIL is no date')
  }
}
