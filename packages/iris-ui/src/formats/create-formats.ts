/** A moment in the past, split so that each language puts it together in its own order. */
export interface SaidMoment {
  /** `today`, `yesterday`, a weekday of the last six days, or a date with its year where that is another one. */
  kind: 'today' | 'yesterday' | 'weekday' | 'date'
  day: string
  shortDay: string
  clock: string
}

export interface FormatOptions {
  /** The user's language: numbers and clock follow it. */
  language: string
  /** The language that the texts are in: names of days and months follow it, so that no sentence mixes two. */
  textLanguage: string
  timeZone?: string | undefined
}

export type Formats = ReturnType<typeof createFormats>

/** Numbers, sizes and times as the user writes them, in the user's time zone. What the host sends wrong is left to the browser. */
export function createFormats({ language, textLanguage, timeZone }: FormatOptions) {
  const numbers = known(language) ?? textLanguage
  const words = numbers.split('-')[0] === textLanguage.split('-')[0] ? numbers : textLanguage
  const zone = timeZone && isTimeZone(timeZone) ? { timeZone } : {}

  const number = new Intl.NumberFormat(numbers)
  const clock = new Intl.DateTimeFormat(numbers, { timeStyle: 'short', ...zone })
  const relativeDay = new Intl.RelativeTimeFormat(words, { numeric: 'auto' })
  const weekday = new Intl.DateTimeFormat(words, { weekday: 'long', ...zone })
  const calendar = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', ...zone })
  const date = (month: 'long' | 'short', withYear: boolean) =>
    new Intl.DateTimeFormat(words, { day: 'numeric', month, ...(withYear && { year: 'numeric' }), ...zone })

  const calendarDay = (at: Date) => Date.parse(`${calendar.format(at)}T00:00Z`)

  return {
    number: (value: number) => number.format(value),
    /** 214,300 → `214 kB`; thousands, as file managers count. */
    bytes(value: number): string {
      const [amount, unit] =
        value >= 999_500
          ? [value / 1_000_000, 'megabyte']
          : value >= 1_000
            ? [value / 1_000, 'kilobyte']
            : [value, 'byte']
      const style = { style: 'unit', unit, unitDisplay: 'short' } as const
      return new Intl.NumberFormat(numbers, { ...style, maximumFractionDigits: amount < 10 ? 1 : 0 }).format(amount)
    },
    clock: (at: string | number) => clock.format(new Date(at)),
    date: (at: string) => date('long', true).format(new Date(at)),
    moment(at: string, nowMs: number): SaidMoment {
      const then = new Date(at)
      const now = new Date(nowMs)
      const daysAgo = Math.round((calendarDay(now) - calendarDay(then)) / 86_400_000)
      const said = (kind: SaidMoment['kind'], day: string, shortDay = day) => ({
        kind,
        day,
        shortDay,
        clock: clock.format(then),
      })

      if (daysAgo === 0) return said('today', relativeDay.format(0, 'day'))
      if (daysAgo === 1) return said('yesterday', relativeDay.format(-1, 'day'))
      if (daysAgo > 1 && daysAgo < 7) return said('weekday', weekday.format(then))
      const otherYear = calendar.format(then).slice(0, 4) !== calendar.format(now).slice(0, 4)
      return said('date', date('long', otherYear).format(then), date('short', otherYear).format(then))
    },
  }
}

function known(language: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(language.replaceAll('_', '-'))[0]
  } catch {
    return undefined
  }
}

function isTimeZone(timeZone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone }))
  } catch {
    return false
  }
}
