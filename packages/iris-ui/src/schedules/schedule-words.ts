import type { Destination, Schedule } from '@standin/client'
import type { Formats } from '../formats/create-formats.ts'
import type { Texts } from '../texts/en.ts'
import { rhythmOf } from './recurrence.ts'
import { zoneCity } from './schedule-times.ts'

interface Words {
  texts: Texts
  formats: Formats
}

/** How often, in one line: `Every Monday and Thursday at 06:04`. Never the rule itself. */
export function rhythmWords(recurrence: string, { texts: { schedules }, formats }: Words): string {
  const { words } = schedules
  const rhythm = rhythmOf(recurrence)
  if (!rhythm) return words.other
  const clock = formats.wallClock(rhythm.hour, rhythm.minute)
  switch (rhythm.kind) {
    case 'daily':
      return words.daily(clock)
    case 'weekly': {
      if (rhythm.days.length === 7) return words.daily(clock)
      if (rhythm.days.join() === '0,1,2,3,4') return words.weekdays(clock)
      const names = formats.weekdays('long')
      return words.weekly(formats.listOf(rhythm.days.map((day) => names[day] ?? '')), clock)
    }
    case 'monthly':
      return words.monthly(rhythm.dayOfMonth, clock)
  }
}

/** The zone is named wherever it is not the reader's own. */
export function rhythmInZone(schedule: Pick<Schedule, 'recurrence' | 'timeZone'>, around: Words): string {
  const sentence = rhythmWords(schedule.recurrence, around)
  if (schedule.timeZone === around.formats.zone) return sentence
  return around.texts.schedules.words.inZone(sentence, zoneCity(schedule.timeZone))
}

export function receiversWords(
  deliverTo: readonly Destination[],
  { texts: { schedules } }: Pick<Words, 'texts'>,
): string {
  const mails = deliverTo.filter(({ kind }) => kind === 'email').length
  return schedules.mailedTo(mails, deliverTo.length - mails)
}

/** Why it is paused; undefined where a person paused it. */
export function pausedWords(
  { reason }: Pick<Schedule, 'reason'>,
  { texts: { schedules } }: Pick<Words, 'texts'>,
): string | undefined {
  return reason ? (schedules.pausedBecause[reason] ?? schedules.pausedUnknown) : undefined
}
