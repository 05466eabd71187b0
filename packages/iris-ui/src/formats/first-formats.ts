import { onceEach } from './once-each.ts'
import type { SystemOfMeasurement } from './quantities.ts'

/** A moment in the past, in parts that each language orders itself. */
export interface MomentWords {
  /** `today`, `yesterday`, a weekday of the last six days, or a date, with the year if it is not this year. */
  kind: 'today' | 'yesterday' | 'weekday' | 'date'
  day: string
  shortDay: string
  clock: string
}

export interface FormatOptions {
  /** The user's language: of its region, numbers, days and the clock are written as there. */
  language: string
  /** The language of the texts. If it is another one, numbers, days and the clock are in it: no sentence mixes two. */
  textLanguage: string
  timeZone?: string | undefined
  /** Metric if the host does not say. */
  measurement?: SystemOfMeasurement | undefined
}

export type FirstFormats = ReturnType<typeof createFirstFormats>

/** What the first words need of `createFormats`. */
export function createFirstFormats(options: FormatOptions) {
  const { words, zone } = wordsAndZone(options)
  const number = new Intl.NumberFormat(words)
  const clock = new Intl.DateTimeFormat(words, { timeStyle: 'short', ...zone })
  const relativeDay = new Intl.RelativeTimeFormat(words, { numeric: 'auto' })
  const calendar = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', ...zone })
  const calendarDay = (at: Date) => Date.parse(`${calendar.format(at)}T00:00Z`)
  const weekday = onceEach(() => new Intl.DateTimeFormat(words, { weekday: 'long', ...zone }))
  const date = onceEach(
    (month: 'long' | 'short', withYear: boolean) =>
      new Intl.DateTimeFormat(words, { day: 'numeric', month, ...(withYear && { year: 'numeric' }), ...zone }),
  )

  return {
    number: (value: number) => number.format(value),
    clock: (at: string | number) => clock.format(new Date(at)),
    moment(at: string, nowMs: number): MomentWords {
      const then = new Date(at)
      const now = new Date(nowMs)
      const daysAgo = Math.round((calendarDay(now) - calendarDay(then)) / 86_400_000)
      const said = (kind: MomentWords['kind'], day: string, shortDay = day) => ({
        kind,
        day,
        shortDay,
        clock: clock.format(then),
      })

      if (daysAgo === 0) return said('today', relativeDay.format(0, 'day'))
      if (daysAgo === 1) return said('yesterday', relativeDay.format(-1, 'day'))
      if (daysAgo > 1 && daysAgo < 7) return said('weekday', weekday().format(then))
      const otherYear = calendar.format(then).slice(0, 4) !== calendar.format(now).slice(0, 4)
      return said(
        'date',
        unbroken(date('long', otherYear).format(then)),
        unbroken(date('short', otherYear).format(then)),
      )
    },
  }
}

/** A date that stays on one line, wherever it stands: `kept until 9 / Feb 2027` reads as two things. */
export const unbroken = (date: string): string => date.replaceAll(' ', '\u00a0')

/** What the host sends wrong is left to the browser. */
export function wordsAndZone({ language, textLanguage, timeZone }: FormatOptions) {
  const own = known(language) ?? textLanguage
  return {
    words: own.split('-')[0] === textLanguage.split('-')[0] ? own : textLanguage,
    zone: timeZone && isTimeZone(timeZone) ? { timeZone } : {},
  }
}

function known(language: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(language.replaceAll('_', '-'))[0]
  } catch {
    return undefined
  }
}

export function isTimeZone(timeZone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone }))
  } catch {
    return false
  }
}
