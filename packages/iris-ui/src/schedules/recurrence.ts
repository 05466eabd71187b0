/** A rhythm that the form can show. Days are 0 (Monday) to 6; any other part of an RRULE is `other`. */
export type Rhythm =
  | { kind: 'daily'; hour: number; minute: number }
  | { kind: 'weekly'; days: number[]; hour: number; minute: number }
  | { kind: 'monthly'; dayOfMonth: number; hour: number; minute: number }

const dayCodes = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const
const known = ['FREQ', 'INTERVAL', 'BYDAY', 'BYMONTHDAY', 'BYHOUR', 'BYMINUTE', 'BYSECOND', 'WKST']

/** @see RFC 5545 §3.3.10 */
export function recurrenceOf(rhythm: Rhythm): string {
  const at = `BYHOUR=${rhythm.hour};BYMINUTE=${rhythm.minute};BYSECOND=0`
  switch (rhythm.kind) {
    case 'daily':
      return `FREQ=DAILY;${at}`
    case 'weekly':
      return `FREQ=WEEKLY;BYDAY=${[...rhythm.days]
        .sort((a, b) => a - b)
        .map((day) => dayCodes[day])
        .join(',')};${at}`
    case 'monthly':
      return `FREQ=MONTHLY;BYMONTHDAY=${rhythm.dayOfMonth};${at}`
  }
}

/** Undefined for a rhythm that the form cannot show; it is kept as it is until another one is chosen. */
export function rhythmOf(recurrence: string): Rhythm | undefined {
  const parts = new Map(
    recurrence
      .toUpperCase()
      .replace(/^RRULE:/, '')
      .split(';')
      .map((part) => part.split('=', 2) as [string, string | undefined]),
  )
  if ([...parts.keys()].some((name) => !known.includes(name))) return undefined
  if ((parts.get('INTERVAL') ?? '1') !== '1' || (parts.get('BYSECOND') ?? '0') !== '0') return undefined
  const hour = oneNumber(parts.get('BYHOUR'), 0, 23)
  const minute = oneNumber(parts.get('BYMINUTE') ?? '0', 0, 59)
  if (hour === undefined || minute === undefined) return undefined

  const byDay = parts.get('BYDAY')
  const byMonthDay = parts.get('BYMONTHDAY')
  switch (parts.get('FREQ')) {
    case 'DAILY':
      if (byMonthDay) return undefined
      return byDay ? weekly(byDay, hour, minute) : { kind: 'daily', hour, minute }
    case 'WEEKLY':
      return byDay && !byMonthDay ? weekly(byDay, hour, minute) : undefined
    case 'MONTHLY': {
      const dayOfMonth = oneNumber(byMonthDay, 1, 31)
      return dayOfMonth === undefined || byDay ? undefined : { kind: 'monthly', dayOfMonth, hour, minute }
    }
    default:
      return undefined
  }
}

function weekly(byDay: string, hour: number, minute: number): Rhythm | undefined {
  const days = byDay.split(',').map((code) => dayCodes.indexOf(code as (typeof dayCodes)[number]))
  if (days.some((day) => day < 0)) return undefined
  return { kind: 'weekly', days: [...new Set(days)].sort((a, b) => a - b), hour, minute }
}

function oneNumber(text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined || !/^\d{1,2}$/.test(text)) return undefined
  const number = Number(text)
  return number >= least && number <= most ? number : undefined
}

/** Reads a time as people write it: 6, 600, 06:00, 6.30, 6 am, 6:15 PM. Undefined if it is not a time. */
export function timeOfDay(text: string): { hour: number; minute: number } | undefined {
  const plain = text.trim().toLowerCase().replaceAll(/\s+/g, ' ').replaceAll('\u202f', ' ')
  const match = /^(\d{1,2})(?:[:.h ]?(\d{2}))?\s?(a\.?m\.?|p\.?m\.?)?$/.exec(plain)
  if (!match) return undefined
  const half = match[3]?.charAt(0)
  const written = Number(match[1])
  const minute = Number(match[2] ?? 0)
  if (minute > 59 || (half ? written < 1 || written > 12 : written > 23)) return undefined
  const hour = half ? (written % 12) + (half === 'p' ? 12 : 0) : written
  return { hour, minute }
}
