import type { Formats } from '../formats/create-formats.ts'
import type { RhythmValues } from '../forms/form-parts.ts'
import type { Texts } from '../texts/en.ts'
import { recurrenceOf, rhythmOf, timeOfDay } from './recurrence.ts'

export function rhythmValuesOf(
  recurrence: string | undefined,
  { wallClock }: Pick<Formats, 'wallClock'>,
): RhythmValues {
  const begin: RhythmValues = { kind: 'weekly', days: ['0'], dayOfMonth: '1', time: wallClock(6, 0), custom: '' }
  if (recurrence === undefined) return begin
  const rhythm = rhythmOf(recurrence)
  if (!rhythm) return { ...begin, kind: 'custom', custom: recurrence }
  const time = wallClock(rhythm.hour, rhythm.minute)
  switch (rhythm.kind) {
    case 'daily':
      return { ...begin, kind: 'daily', time }
    case 'weekly':
      return { ...begin, kind: 'weekly', days: rhythm.days.map(String), time }
    case 'monthly':
      return { ...begin, kind: 'monthly', dayOfMonth: String(rhythm.dayOfMonth), time }
  }
}

/** Undefined while something is missing. */
export function recurrenceOfValues({ kind, days, dayOfMonth, time, custom }: RhythmValues): string | undefined {
  if (kind === 'custom') return custom || undefined
  const at = timeOfDay(time)
  if (!at) return undefined
  if (kind === 'daily') return recurrenceOf({ kind, ...at })
  if (kind === 'weekly') return days.length > 0 ? recurrenceOf({ kind, days: days.map(Number), ...at }) : undefined
  return isDayOfMonth(dayOfMonth) ? recurrenceOf({ kind, dayOfMonth: Number(dayOfMonth), ...at }) : undefined
}

export function rhythmProblems(
  { kind, days, dayOfMonth, time }: RhythmValues,
  { form: { invalid } }: Texts,
): { days?: string; dayOfMonth?: string; time?: string } {
  if (kind === 'custom') return {}
  return {
    ...(kind === 'weekly' && days.length === 0 && { days: invalid.days }),
    ...(kind === 'monthly' && !isDayOfMonth(dayOfMonth) && { dayOfMonth: invalid.monthDay }),
    ...(!timeOfDay(time) && { time: invalid.time }),
  }
}

const isDayOfMonth = (text: string) => /^\d{1,2}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= 31
