import {
  type Action,
  type Delivery,
  type Installation,
  type MachineFilter,
  type Run,
  type Schedule,
  type ShownDestination,
  zoneName,
} from '@standin/client'
import type { Formats } from '../formats/create-formats.ts'
import { inSentence } from '../formats/in-sentence.ts'
import { isEverything } from '../forms/machine-filters.ts'
import { filterOfInput } from '../forms/use-filter-words.ts'
import { titleOf } from '../runs/title-of.ts'
import type { Texts } from '../texts/en.ts'
import { rhythmOf } from './recurrence.ts'

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

/** Names the zone if it differs from the reader's. */
export function rhythmInZone(schedule: Pick<Schedule, 'recurrence' | 'timeZone'>, around: Words): string {
  const sentence = rhythmWords(schedule.recurrence, around)
  if (schedule.timeZone === around.formats.zone) return sentence
  return around.texts.schedules.words.inZone(sentence, zoneName(schedule.timeZone, around.texts.language))
}

export function receiversWords(
  deliverTo: readonly ShownDestination[],
  { texts: { schedules } }: Pick<Words, 'texts'>,
): string {
  const mails = deliverTo.filter(({ kind }) => kind === 'email').length
  return schedules.mailedTo(mails, deliverTo.length - mails)
}

/** Why Standin paused it; undefined if a person did. While an uninstall can be undone, only restoring helps. */
export function pausedWords(
  { reason }: Pick<Schedule, 'reason'>,
  { installation, texts }: Pick<Words, 'texts'> & { installation: Installation['state'] | undefined },
): string | undefined {
  const { schedules, actions } = texts
  if (reason === 'INSTALLATION_UNINSTALLED' && installation === 'suspended') return inSentence(actions.stopped, texts)
  return reason ? (schedules.pausedBecause[reason] ?? schedules.pausedUnknown) : undefined
}

/** The action and its machines: an account can have several schedules of one action. */
export function scheduleTitle(
  { actionId, input }: Pick<Schedule, 'actionId' | 'input'>,
  actions: readonly Action[],
  sayMachines: (filter: MachineFilter) => string,
): string {
  const title = titleOf(actionId, actions)
  const filter = filterOfInput(
    input,
    actions.find(({ id }) => id === actionId),
  )
  if (!filter) return title
  const machines = sayMachines(filter)
  return `${title}, ${isEverything(filter) ? machines.charAt(0).toLowerCase() + machines.slice(1) : machines}`
}

/** Current receivers that the last result did not reach. */
export function failedDeliveriesOf(
  last: Pick<Run, 'deliveries'>,
  { deliverTo }: Pick<Schedule, 'deliverTo'>,
): Delivery[] {
  return last.deliveries.filter(
    ({ state, to }) => state === 'failed' && deliverTo.some((destination) => isAt(destination, to)),
  )
}

/** Of a webhook only the host is known. */
export const isAt = (destination: ShownDestination, to: string) => nameOf(destination) === to
export const nameOf = (destination: ShownDestination) =>
  destination.kind === 'email' ? destination.address : destination.host
