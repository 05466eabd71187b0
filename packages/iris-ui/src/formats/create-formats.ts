import { capital } from './capital.ts'
import { createFirstFormats, type FormatOptions, isTimeZone, unbroken, wordsAndZone } from './first-formats.ts'
import { onceEach } from './once-each.ts'
import { createQuantities } from './quantities.ts'

export type { MomentWords } from './first-formats.ts'

export type Formats = ReturnType<typeof createFormats>

/** Numbers, sizes and times as the user writes them, in the user's time zone. Invalid settings of the host are replaced by the browser's. */
export function createFormats(options: FormatOptions) {
  const { words, zone } = wordsAndZone(options)
  const first = createFirstFormats(options)
  const clock = new Intl.DateTimeFormat(words, { timeStyle: 'short', ...zone })
  const relativeDay = new Intl.RelativeTimeFormat(words, { numeric: 'auto' })
  const calendar = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', ...zone })
  const date = onceEach(
    (month: 'long' | 'short', withYear: boolean) =>
      new Intl.DateTimeFormat(words, { day: 'numeric', month, ...(withYear && { year: 'numeric' }), ...zone }),
  )
  const whole = new Intl.NumberFormat(words, { maximumFractionDigits: 0 })
  const degrees = onceEach(() => new Intl.NumberFormat(words, { minimumFractionDigits: 4, maximumFractionDigits: 4 }))
  const inZone = (options: Intl.DateTimeFormatOptions, other?: string) =>
    new Intl.DateTimeFormat(words, { ...options, ...(other && isTimeZone(other) ? { timeZone: other } : zone) })
  const clockIn = (other: string | undefined) =>
    other && isTimeZone(other) ? new Intl.DateTimeFormat(words, { timeStyle: 'short', timeZone: other }) : clock
  const exactClock = new Intl.DateTimeFormat(words, { timeStyle: 'medium', ...zone })

  const calendarDay = (at: Date) => Date.parse(`${calendar.format(at)}T00:00Z`)

  return {
    ...first,
    /** The user's own zone. */
    zone: zone.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
    /** 0.62 → `62 %`, as results write it. */
    percent: (share: number) => `${whole.format(share * 100)}\u00a0%`,
    /** `55.6761°`, always to about ten metres. */
    degrees: (value: number) => `${degrees().format(value)}°`,
    quantity: createQuantities(words, options.measurement ?? 'metric'),
    /** 214,300 → `214 kB`; thousands, as file managers count. */
    bytes(value: number): string {
      const [amount, unit] = value >= 999_500 ? [value / 1_000_000, 'megabyte'] : [value / 1_000, 'kilobyte']
      const style = { style: 'unit', unit, unitDisplay: 'short' } as const
      return new Intl.NumberFormat(words, { ...style, maximumFractionDigits: amount < 10 ? 1 : 0 }).format(
        Math.max(amount, 0.1),
      )
    },
    /** With seconds, for a log. */
    exactClock: (at: string | number) => exactClock.format(new Date(at)),
    /** A time of day without a zone, as schedules have it. */
    wallClock: (hour: number, minute: number) =>
      new Intl.DateTimeFormat(words, { timeStyle: 'short', timeZone: 'UTC' }).format(
        Date.UTC(2026, 0, 5, hour, minute),
      ),
    /** `Mon 30 Nov, 06:04`; in a zone of its own for what runs there. */
    dayAndClock(at: string, zoneOfIt?: string): string {
      const day = inZone({ weekday: 'short', day: 'numeric', month: 'short' }, zoneOfIt).format(new Date(at))
      return `${unbroken(day.replace(',', ''))}, ${clockIn(zoneOfIt).format(new Date(at))}`
    },
    clockIn: (at: string, zoneOfIt: string) => clockIn(zoneOfIt).format(new Date(at)),
    /** `Today, Tuesday 24 November`: the head of a day. */
    dayHeading(at: string, nowMs: number): string {
      const then = new Date(at)
      const daysAgo = Math.round((calendarDay(new Date(nowMs)) - calendarDay(then)) / 86_400_000)
      const otherYear = calendar.format(then).slice(0, 4) !== calendar.format(nowMs).slice(0, 4)
      const day = inZone({ weekday: 'long', day: 'numeric', month: 'long', ...(otherYear && { year: 'numeric' }) })
        .format(then)
        .replace(/^(\p{L}+),/u, '$1')
      if (daysAgo < 0 || daysAgo > 1) return capital(day)
      return `${capital(relativeDay.format(-daysAgo, 'day'))}, ${day}`
    },
    /** Which day it is for the user; two moments of one day have the same. */
    dayKey: (at: string | number) => calendar.format(new Date(at)),
    /** `in 6 days`, `tomorrow`; hours under a day. */
    fromNow(at: string, nowMs: number): string {
      const days = Math.round((calendarDay(new Date(at)) - calendarDay(new Date(nowMs))) / 86_400_000)
      return relativeDay.format(days, 'day')
    },
    weekdays(style: 'short' | 'long'): string[] {
      const name = new Intl.DateTimeFormat(words, { weekday: style, timeZone: 'UTC' })
      // 5 January 2026 was a Monday.
      return Array.from({ length: 7 }, (_, day) => name.format(Date.UTC(2026, 0, 5 + day)))
    },
    /** `15 minutes`: about how long something takes, in the largest unit that still says it. */
    duration(ms: number): string {
      const units = [
        ['hour', 3_600_000],
        ['minute', 60_000],
        ['second', 1_000],
      ] as const
      const [unit, unitMs] = units.find(([, size]) => ms >= size * 0.95) ?? units[2]
      return new Intl.NumberFormat(words, { style: 'unit', unit, unitDisplay: 'long' }).format(
        Math.max(1, Math.round(ms / unitMs)),
      )
    },
    listOf: (items: readonly string[]) => new Intl.ListFormat(words, { type: 'conjunction' }).format(items),
    date: (at: string) => unbroken(date('long', true).format(new Date(at))),
    /** `today 06:05`, `29 Sept`, `29 Sept 2025`; with the clock for older moments as well: `29 Sept, 14:00`. */
    shortMoment(at: string, nowMs: number, withClock = false): string {
      const { kind, shortDay } = first.moment(at, nowMs)
      const time = clock.format(new Date(at))
      if (kind === 'today' || kind === 'yesterday') return `${shortDay} ${time}`
      const day = kind === 'weekday' ? unbroken(date('short', false).format(new Date(at))) : shortDay
      return withClock ? `${day}, ${time}` : day
    },
  }
}
