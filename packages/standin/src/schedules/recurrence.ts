import { StandinError } from '../standin-error.ts'

export type Frequency = 'HOURLY' | 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY'

/** A parsed recurrence. Parts that are missing follow from where it begins. */
export interface Recurrence {
  frequency: Frequency
  interval: number
  count: number | undefined
  /** A moment, a wall-clock time, or a whole day. */
  until: string | undefined
  months: ReadonlySet<number> | undefined
  weekNumbers: ReadonlySet<number> | undefined
  yearDays: ReadonlySet<number> | undefined
  monthDays: ReadonlySet<number> | undefined
  weekdays: readonly Weekday[] | undefined
  hours: readonly number[] | undefined
  minute: number | undefined
  positions: ReadonlySet<number> | undefined
  /** The first day of a week; Monday is 0. */
  weekStart: number
}

/** Every one, or the nth of a month or year; negative from its end. */
interface Weekday {
  /** Monday is 0. */
  day: number
  nth: number | undefined
}

/** RFC 5545's names of weekdays, in order. */
const weekdayNames = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
const weekday = weekdayNames.join('|')
const between = (least: number, most: number) => (text: string) =>
  /^\d{1,4}$/.test(text) && Number(text) >= least && Number(text) <= most
const fromEitherEnd = (most: number) => (text: string) => between(1, most)(text.replace(/^[+-]/, ''))
const matches = (pattern: RegExp) => (text: string) => pattern.test(text)
const each = (isValid: (text: string) => boolean) => (text: string) => text.split(',').every(isValid)

/** The parts of a rule and their values. Other parts could make runs more frequent than hourly. */
const parts: Readonly<Record<string, (text: string) => boolean>> = {
  FREQ: matches(/^(HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)$/),
  INTERVAL: between(1, 1_000),
  COUNT: between(1, 1_000),
  UNTIL: matches(/^\d{8}(T\d{6}Z?)?$/),
  BYMONTH: each(between(1, 12)),
  BYWEEKNO: each(fromEitherEnd(53)),
  BYYEARDAY: each(fromEitherEnd(366)),
  BYMONTHDAY: each(fromEitherEnd(31)),
  BYDAY: each(matches(new RegExp(`^([+-]?[1-9]\\d?)?(${weekday})$`))),
  BYHOUR: each(between(0, 23)),
  BYMINUTE: between(0, 59),
  BYSECOND: between(0, 0),
  BYSETPOS: each(fromEitherEnd(366)),
  WKST: matches(new RegExp(`^(${weekday})$`)),
}

/** The longest interval: about three years, and never more than five, within which a rule must occur again. */
const longestInterval: Readonly<Record<Frequency, number>> = {
  HOURLY: 1_000,
  DAILY: 1_000,
  WEEKLY: 260,
  MONTHLY: 60,
  YEARLY: 5,
}
/** Parts that RFC 5545 does not combine with a frequency. */
const excluded: Readonly<Record<Frequency, readonly string[]>> = {
  HOURLY: ['BYWEEKNO'],
  DAILY: ['BYWEEKNO', 'BYYEARDAY'],
  WEEKLY: ['BYWEEKNO', 'BYYEARDAY', 'BYMONTHDAY'],
  MONTHLY: ['BYWEEKNO', 'BYYEARDAY'],
  YEARLY: [],
}
/** How many values the lists of a rule may have, multiplied: each combination is a time to look at in every period. */
const maxCombinations = 1_000

/**
 * Parses a recurrence rule, at most hourly. Minutes default to zero where it names hours or is hourly.
 * @see RFC 5545 §3.3.10
 * @throws StandinError `INPUT_INVALID`, naming the part
 */
export function understandRecurrence(text: string): Recurrence {
  const given = new Map<string, string>()
  for (const part of text.split(';')) {
    const [name = '', value = '', ...more] = part.split('=')
    const isValid = Object.hasOwn(parts, name) ? parts[name] : undefined
    if (!isValid || given.has(name) || more.length > 0) throw refused(`"${name.slice(0, 20)}" cannot be used`)
    if (!isValid(value)) throw refused(`${name} has an invalid value`)
    given.set(name, value)
  }
  const frequency = given.get('FREQ') as Frequency | undefined
  if (!frequency) throw refused('FREQ is missing')
  if (given.has('COUNT') && given.has('UNTIL')) throw refused('COUNT and UNTIL exclude each other')
  const misplaced = excluded[frequency].find((name) => given.has(name))
  if (misplaced) throw refused(`${misplaced} cannot be used with FREQ=${frequency}`)

  const list = (name: string) => given.get(name)?.split(',')
  const numbers = (name: string) => (given.has(name) ? new Set(list(name)?.map(Number)) : undefined)
  const interval = Number(given.get('INTERVAL') ?? 1)
  if (interval > longestInterval[frequency])
    throw refused(`INTERVAL may be at most ${longestInterval[frequency]} with FREQ=${frequency}`)
  const hours = numbers('BYHOUR')
  const isOnTheHour = hours !== undefined || frequency === 'HOURLY'
  const minute = given.get('BYMINUTE') ?? (isOnTheHour ? 0 : undefined)
  const recurrence: Recurrence = {
    frequency,
    interval,
    count: given.has('COUNT') ? Number(given.get('COUNT')) : undefined,
    until: given.get('UNTIL'),
    months: numbers('BYMONTH'),
    weekNumbers: numbers('BYWEEKNO'),
    yearDays: numbers('BYYEARDAY'),
    monthDays: numbers('BYMONTHDAY'),
    weekdays: list('BYDAY')?.map(readWeekday),
    hours: hours && [...hours].sort((a, b) => a - b),
    minute: minute === undefined ? undefined : Number(minute),
    positions: numbers('BYSETPOS'),
    weekStart: weekdayNames.indexOf(given.get('WKST') ?? 'MO'),
  }
  checkWeekdays(recurrence)
  checkCombinations(recurrence)
  if (recurrence.positions && ![...given.keys()].some((name) => name !== 'BYSETPOS' && name.startsWith('BY')))
    throw refused('BYSETPOS needs another part that begins with BY')
  return recurrence
}

function readWeekday(text: string): Weekday {
  const nth = text.slice(0, -2)
  return { day: weekdayNames.indexOf(text.slice(-2)), nth: nth === '' ? undefined : Number(nth) }
}

function checkWeekdays({ frequency, weekdays = [], weekNumbers }: Recurrence): void {
  if (weekdays.every(({ nth }) => nth === undefined)) return
  if (frequency !== 'MONTHLY' && frequency !== 'YEARLY')
    throw refused(`a numbered weekday such as 1MO cannot be used with FREQ=${frequency}`)
  if (weekNumbers) throw refused('a numbered weekday such as 1MO cannot be used with BYWEEKNO')
}

function checkCombinations({ months, weekNumbers, yearDays, monthDays, weekdays, hours }: Recurrence): void {
  const sizes = [months?.size, weekNumbers?.size, yearDays?.size, monthDays?.size, weekdays?.length, hours?.length]
  const combinations = sizes.reduce<number>((product, size) => product * (size ?? 1), 1)
  if (combinations > maxCombinations)
    throw refused(`its lists have ${combinations} combinations, of which ${maxCombinations} are allowed`)
}

export const refused = (what: string) =>
  new StandinError('INPUT_INVALID', {
    detail: `The recurrence is invalid: ${what}. Use a rule such as FREQ=WEEKLY;BYDAY=MO;BYHOUR=6, at most hourly.`,
  })
