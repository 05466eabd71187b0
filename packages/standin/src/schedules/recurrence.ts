import { StandinError } from '../standin-error.ts'

/** A parsed recurrence: the rule for wall-clock times, and its last moment where it has one. */
export interface Recurrence {
  /** Without `UNTIL`, which is a moment. Parts that are missing follow from where it begins. */
  rule: string
  until: string | undefined
}

const weekday = 'MO|TU|WE|TH|FR|SA|SU'
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
  if (!given.has('FREQ')) throw refused('FREQ is missing')
  if (given.has('COUNT') && given.has('UNTIL')) throw refused('COUNT and UNTIL exclude each other')
  if (!given.has('BYMINUTE') && (given.has('BYHOUR') || given.get('FREQ') === 'HOURLY')) given.set('BYMINUTE', '0')

  const until = given.get('UNTIL')
  given.delete('UNTIL')
  given.delete('BYSECOND')
  return { rule: [...given].map(([name, value]) => `${name}=${value}`).join(';'), until }
}

export const refused = (what: string) =>
  new StandinError('INPUT_INVALID', {
    detail: `The recurrence is invalid: ${what}. Use a rule such as FREQ=WEEKLY;BYDAY=MO;BYHOUR=6, at most hourly.`,
  })
