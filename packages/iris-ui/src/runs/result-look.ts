import type { IconName } from '../parts/icon.tsx'
import type { Tone } from '../parts/tone.ts'
import type { Texts } from '../texts/en.ts'
import type { EndedRun } from './follow-run.ts'

/** The look of a result. An incomplete one is never green. */
export function resultLook(
  { state, incomplete }: Pick<EndedRun, 'state' | 'incomplete'>,
  { results: words }: Pick<Texts, 'results'>,
): { icon: IconName; tone: Tone; state: string } {
  if (state === 'failed') return { icon: 'bad', tone: 'bad', state: words.failedState }
  if (state === 'cancelled') return { icon: 'off', tone: 'wait', state: words.cancelledState }
  return incomplete === null
    ? { icon: 'check', tone: 'ok', state: words.succeededState }
    : { icon: 'warn', tone: 'warn', state: words.incompleteState }
}
