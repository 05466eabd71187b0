import { dayMs } from '../clock.ts'
import type { Recurrence } from './recurrence.ts'

/** What a search for times may still cost: each day and each hour that it checks costs one. */
export interface Work {
  left: number
}

interface Search {
  /** Where the rule begins, in minutes of the wall clock since 1970. */
  anchor: number
  /** Times before it are left out. */
  from: number
  /** Times after it are left out. */
  to?: number
  work: Work
}

const minutesOfDay = 1_440
/** A rule that does not occur for this long has ended. */
const longestGapDays = 5 * 366

/**
 * The times of a rule in ascending order, in minutes of the wall clock since 1970, until the rule ends, five years pass
 * without one, or the work is used up. Libraries expand whole periods, and bound at most their number: a rule of 40
 * characters cost nine seconds. Here every day and hour that is checked is counted.
 * @see RFC 5545 §3.3.10
 */
export function* wallClockTimes(
  rule: Recurrence,
  { anchor, from, to = Number.POSITIVE_INFINITY, work }: Search,
): Generator<number> {
  const begin = momentOf(anchor)
  const dayMatches = dayFilter(rule, begin)
  // With COUNT, the times before count as well.
  const firstDay = rule.count === undefined ? Math.max(dayOf(from), begin.day) : begin.day
  let lastMatchDay = Math.max(firstDay, begin.day)
  let found = 0
  for (const days of periods(rule, begin, firstDay)) {
    if (days.first > dayOf(to)) return
    const candidates: number[] = []
    for (let day = days.first; day <= days.last; day++) {
      if (work.left-- <= 0) return
      if (!dayMatches(day)) continue
      for (const hour of hoursOf(rule, begin, day)) {
        work.left--
        candidates.push(day * minutesOfDay + hour * 60 + (rule.minute ?? begin.minute))
      }
    }
    for (const at of chosen(candidates, rule)) {
      if (at < anchor) continue
      lastMatchDay = dayOf(at)
      if (at >= from) yield at
      if (++found === rule.count) return
    }
    if (days.last - lastMatchDay > longestGapDays) return
  }
}

interface Moment {
  day: number
  hour: number
  minute: number
}

interface Days {
  first: number
  last: number
}

const dayOf = (minutes: number) => Math.floor(minutes / minutesOfDay)

function momentOf(minutes: number): Moment {
  const ofDay = minutes - dayOf(minutes) * minutesOfDay
  return { day: dayOf(minutes), hour: Math.floor(ofDay / 60), minute: ofDay % 60 }
}

/** The periods of a rule from the one with a day on; endless. Those of an hourly rule are days. */
function* periods({ frequency, interval, weekStart }: Recurrence, begin: Moment, from: number): Generator<Days> {
  const step = frequency === 'HOURLY' ? 1 : interval
  // The nth day, week, month or year since 1970.
  const indexOf = (day: number) => {
    const date = new Date(day * dayMs)
    if (frequency === 'YEARLY') return date.getUTCFullYear() - 1970
    if (frequency === 'MONTHLY') return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
    return frequency === 'WEEKLY' ? Math.floor((day - weekdayOffset - weekStart) / 7) : day
  }
  const firstDayOf = (index: number) => {
    if (frequency === 'YEARLY') return Date.UTC(1970 + index, 0) / dayMs
    if (frequency === 'MONTHLY') return Date.UTC(1970, index) / dayMs
    return frequency === 'WEEKLY' ? index * 7 + weekdayOffset + weekStart : index
  }
  const first = indexOf(begin.day)
  const skipped = Math.floor((indexOf(from) - first) / step)
  for (let index = first + Math.max(0, skipped) * step; ; index += step)
    yield { first: firstDayOf(index), last: firstDayOf(index + 1) - 1 }
}

/** 1970 began on a Thursday, so day 4 was a Monday. */
const weekdayOffset = 4
const weekdayOf = (day: number) => (((day - weekdayOffset) % 7) + 7) % 7

/** Whether a day may have times, by all parts of the rule about days. */
function dayFilter(rule: Recurrence, begin: Moment): (day: number) => boolean {
  const { frequency, months, weekNumbers, yearDays, monthDays, weekStart } = rule
  const beginDate = new Date(begin.day * dayMs)
  const namesDays = yearDays ?? monthDays ?? rule.weekdays
  const isLong = frequency === 'MONTHLY' || frequency === 'YEARLY'
  const weekdays =
    rule.weekdays ??
    (frequency === 'WEEKLY' || (weekNumbers && !namesDays)
      ? [{ day: weekdayOf(begin.day), nth: undefined }]
      : undefined)
  const onMonthDays =
    monthDays ?? (isLong && !namesDays && !weekNumbers ? new Set([beginDate.getUTCDate()]) : undefined)
  const inMonths =
    months ??
    (frequency === 'YEARLY' && !namesDays && !weekNumbers ? new Set([beginDate.getUTCMonth() + 1]) : undefined)
  const isNthOfYear = frequency === 'YEARLY' && !months

  return (day) => {
    const date = new Date(day * dayMs)
    const year = date.getUTCFullYear()
    const month = date.getUTCMonth()
    if (inMonths && !inMonths.has(month + 1)) return false
    const monthEnds = () => Date.UTC(year, month + 1) / dayMs
    if (onMonthDays) {
      const nth = date.getUTCDate()
      if (!onMonthDays.has(nth) && !onMonthDays.has(day - monthEnds())) return false
    }
    const yearBegins = Date.UTC(year, 0) / dayMs
    const yearEnds = Date.UTC(year + 1, 0) / dayMs
    if (yearDays && !yearDays.has(day - yearBegins + 1) && !yearDays.has(day - yearEnds)) return false
    if (weekNumbers && !isInWeeks(day, weekNumbers, weekStart)) return false
    if (!weekdays) return true
    const [first, end] = isNthOfYear ? [yearBegins, yearEnds] : [day - date.getUTCDate() + 1, monthEnds()]
    return weekdays.some(
      (each) =>
        each.day === weekdayOf(day) &&
        (each.nth === undefined ||
          each.nth === Math.floor((day - first) / 7) + 1 ||
          each.nth === -Math.floor((end - 1 - day) / 7) - 1),
    )
  }
}

/** The first week of a year is the first with at least four of its days. */
function isInWeeks(day: number, numbers: ReadonlySet<number>, weekStart: number): boolean {
  const firstWeekOf = (year: number) => {
    const middle = Date.UTC(year, 0, 4) / dayMs
    return middle - ((weekdayOf(middle) - weekStart + 7) % 7)
  }
  const inYear = new Date((day - ((weekdayOf(day) - weekStart + 7) % 7) + 3) * dayMs).getUTCFullYear()
  const number = Math.floor((day - firstWeekOf(inYear)) / 7) + 1
  const weeks = (firstWeekOf(inYear + 1) - firstWeekOf(inYear)) / 7
  return numbers.has(number) || numbers.has(number - weeks - 1)
}

const everyHour = Array.from({ length: 24 }, (_, hour) => hour)

function hoursOf({ frequency, interval, hours }: Recurrence, begin: Moment, day: number): readonly number[] {
  if (frequency !== 'HOURLY') return hours ?? [begin.hour]
  const sinceBegin = (hour: number) => (day - begin.day) * 24 + hour - begin.hour
  return (hours ?? everyHour).filter((hour) => sinceBegin(hour) >= 0 && sinceBegin(hour) % interval === 0)
}

/** By `BYSETPOS`, the nth of a period's times; negative from the last. The period of an hourly rule has one time. */
function chosen(times: readonly number[], { frequency, positions }: Recurrence): readonly number[] {
  if (!positions) return times
  if (frequency === 'HOURLY') return positions.has(1) || positions.has(-1) ? times : []
  return times.filter((_, index) => positions.has(index + 1) || positions.has(index - times.length))
}
