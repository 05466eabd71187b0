export interface Weeks {
  /** The weeks' labels, oldest first: `W47`. */
  labels: string[]
  /** When the first begins. */
  startsAt: Date
  /** Which week a moment is in; undefined before the first and after the last. */
  weekOf(moment: Date): number | undefined
}

/** The last full weeks before a moment, Monday to Sunday in the account's time zone. */
export function fullWeeks({ now, count, timeZone }: { now: Date; count: number; timeZone: string }): Weeks {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).toPlainDate()
  const thisMonday = today.subtract({ days: today.dayOfWeek - 1 })
  const mondays = Array.from({ length: count + 1 }, (_, week) => thisMonday.subtract({ weeks: count - week }))
  // A week with a clock change is an hour shorter or longer.
  const starts = mondays.map((monday) => monday.toZonedDateTime(timeZone).epochMilliseconds)
  const [first = 0] = starts

  return {
    labels: mondays.slice(0, count).map(({ weekOfYear }) => `W${String(weekOfYear).padStart(2, '0')}`),
    startsAt: new Date(first),
    weekOf(moment) {
      const week = starts.findLastIndex((start) => start <= moment.getTime())
      return week < 0 || week >= count ? undefined : week
    },
  }
}
