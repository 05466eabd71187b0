import type { Installation } from '@standin/client'
import type { Formats } from '../formats/create-formats.ts'
import type { IconName } from '../parts/icon.tsx'
import type { Tone } from '../parts/tone.ts'
import type { Texts } from '../texts/en.ts'

export interface Need {
  id: string
  tone: Tone
  icon: IconName
  what: string
  means: string
}

/** What waits for a person while Standin works, most urgent first. Where it does not work, the page's sentence says it. */
export function needsYou(
  installation: Installation,
  { nowMs, texts, formats }: { nowMs: number; texts: Texts; formats: Formats },
): Need[] {
  if (installation.state !== 'active') return []
  const words = texts.needs
  const moment = (at: string) => formats.moment(at, nowMs)

  const removal: Need[] = installation.uninstallSignalledAt
    ? [
        {
          id: 'removal',
          tone: 'warn',
          icon: 'shield',
          what: words.removal,
          means: words.removalMeans(moment(installation.uninstallSignalledAt)),
        },
      ]
    : []

  const waiting = installation.waiting.flatMap(({ generation, state, since }): Need[] => {
    const need = (tone: Tone, icon: IconName, what: string, means: string): Need[] => [
      { id: `generation-${generation}`, tone, icon, what, means },
    ]
    if (state === 'awaiting-approval') return need('warn', 'shield', words.approval, words.approvalMeans(moment(since)))
    if (state === 'quarantined') return need('bad', 'shield', words.quarantined, words.quarantinedMeans(moment(since)))
    if (state === 'rejected') return need('bad', 'bad', words.rejected, words.rejectedMeans(moment(since)))
    return []
  })

  return [...removal, ...waiting]
}
