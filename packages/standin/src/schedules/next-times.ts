import { createHash } from 'node:crypto'
import { RRuleTemporal } from 'rrule-temporal'
import { type Recurrence, refused, understandRecurrence } from './recurrence.ts'

/** When something recurs, for one account. */
export interface Plan {
  accountId: string
  recurrence: string
  timeZone: string
  /** Where intervals and counts begin; it also supplies the parts that the rule leaves out. */
  anchorAt: Date
}

/** Schedules for "Monday at six" start within this time after it, spread over accounts. */
export const spreadMs = 10 * 60_000

/** A rule without a match in this many periods is refused. */
const maxPeriods = 5_000
/** Longer than any change of a zone's clock. */
const longestShift = { hours: 26 } as const

/**
 * The next times after a moment, in ascending order; fewer than `count` where the recurrence ends. Times follow the wall
 * clock: a time that a day skips, because clocks go forward, is later by the same amount; a time that occurs twice is
 * used once.
 * @throws StandinError `INPUT_INVALID` for an impossible rule
 */
export function nextTimes(plan: Plan, { after, count }: { after: Date; count: number }): Date[] {
  const { timeZone } = plan
  const recurrence = understandRecurrence(plan.recurrence)
  const laterMs = spreadOf(plan)
  const lastAtMs = lastMomentMs(recurrence, timeZone)
  const wallClock = (at: Date) =>
    Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDateTime()

  try {
    // In UTC each time of the rule exists exactly once; it is converted to the zone afterwards.
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
    throw refused('it never occurs') // The library's own message speaks of iterations.
  }
}

/** The same for one account, rule and zone, so that a preview can show it before the schedule exists. */
function spreadOf({ accountId, recurrence, timeZone }: Plan): number {
  const digest = createHash('sha256').update([accountId, recurrence, timeZone].join('\n')).digest()
  return (digest.readUInt32BE() % (spreadMs / 1_000)) * 1_000
}

/** `UNTIL` is a moment, a wall-clock time, or a whole day. */
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
    throw refused('UNTIL is not a date')
  }
}
