import { createHash } from 'node:crypto'
import { type Recurrence, refused, understandRecurrence } from './recurrence.ts'
import { type Work, wallClockTimes } from './wall-clock-times.ts'

/** When something recurs, for one account. */
export interface Plan {
  accountId: string
  recurrence: string
  timeZone: string
  /** Where intervals and counts begin. It also supplies the parts that the rule leaves out. */
  anchorAt: Date
}

/** Schedules for "Monday at six" start within this time after it, spread over accounts. */
export const spreadMs = 10 * 60_000

/** What one search may cost: about four milliseconds, in which the process does nothing else. */
export const maxWork = 10_000
/** Longer than any change of a zone's clock. */
const longestShift = { hours: 26 } as const

/**
 * The next times after a moment, in ascending order. Fewer than `count` if the recurrence ends, reaches `before`, or does not
 * occur for five years. Times follow the wall clock: a time that is skipped because clocks go forward is later by the same
 * amount; a time that occurs twice is used once.
 * @param work what the search may cost
 * @throws StandinError `INPUT_INVALID` for a rule that does not occur within five years or cannot be searched in time
 */
export function nextTimes(
  plan: Plan,
  { after, before, count, work = { left: maxWork } }: { after: Date; before?: Date; count: number; work?: Work },
): Date[] {
  const { timeZone } = plan
  const recurrence = understandRecurrence(plan.recurrence)
  const laterMs = spreadOf(plan)
  const lastAtMs = lastMomentMs(recurrence, timeZone)
  const wallClock = (at: Date) =>
    Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDateTime()

  // Each time of the rule exactly once on a clock that never changes; converted to the zone afterwards.
  const anchor = minutesOf(wallClock(plan.anchorAt).round({ smallestUnit: 'minute', roundingMode: 'ceil' }))
  const from = minutesOf(wallClock(after).subtract(longestShift))
  const to = before && minutesOf(wallClock(before).add(longestShift))
  const times: Date[] = []
  let previousMs = after.getTime()
  let seen = 0
  for (const minutes of wallClockTimes(recurrence, { anchor, from, work, ...(to !== undefined && { to }) })) {
    seen++
    const wall = Temporal.Instant.fromEpochMilliseconds(minutes * 60_000)
      .toZonedDateTimeISO('UTC')
      .toPlainDateTime()
    const atMs = wall.toZonedDateTime(timeZone).epochMilliseconds
    if (atMs > lastAtMs || (before && atMs + laterMs > before.getTime())) return times
    if (atMs + laterMs <= previousMs) continue
    previousMs = atMs + laterMs
    if (times.push(new Date(previousMs)) >= count) return times
  }
  if (work.left <= 0) throw refused('looking for its times takes too long; use fewer values, or a shorter interval')
  if (seen === 0 && !before && recurrence.count === undefined) throw refused('it never occurs within five years')
  return times
}

/**
 * The times that a person sees before a schedule exists. The same search decides whether it is accepted: a rule whose second
 * time cannot be found would end after a single run.
 */
export const timesToShow = (plan: Plan, now: Date): Date[] => nextTimes(plan, { after: now, count: 5 })

const minutesOf = (wall: Temporal.PlainDateTime) => Math.floor(wall.toZonedDateTime('UTC').epochMilliseconds / 60_000)

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
