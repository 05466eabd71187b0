import type { Installation } from '@standin/client'
import type { IconName } from '../parts/icon.tsx'
import type { Tone } from '../parts/tone.ts'
import type { FirstTexts } from '../texts/first-english.ts'

/** The access state at the right end of the tab bar; `loud` is shown on a phone too. */
export function accessWords(
  { state }: Pick<Installation, 'state'>,
  { shell }: FirstTexts,
): { words: string; icon: IconName; tone: Tone; loud: boolean } {
  switch (state) {
    case 'active':
      return { words: shell.working, icon: 'check', tone: 'ok', loud: false }
    case 'pending':
      return { words: shell.gettingReady, icon: 'run', tone: 'run', loud: true }
    case 'awaiting-approval':
      return { words: shell.needsDecision, icon: 'shield', tone: 'warn', loud: true }
    case 'suspended':
      return { words: shell.stopped, icon: 'pause', tone: 'warn', loud: true }
    case 'uninstalled':
      return { words: shell.removed, icon: 'off', tone: 'wait', loud: true }
    case 'paused':
      return { words: shell.paused, icon: 'pause', tone: 'warn', loud: true }
    case 'none':
      return { words: shell.notWorking, icon: 'clock', tone: 'wait', loud: true }
    default:
      return { words: shell.notWorking, icon: 'bad', tone: 'bad', loud: true }
  }
}
