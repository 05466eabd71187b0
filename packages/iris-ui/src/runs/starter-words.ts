import type { Run } from '@standin/client'
import type { Texts } from '../texts/en.ts'

/** Who started a run, as a name: `You`, `Jonas Lund`, `Schedule of Mette Kjær`. */
export function starterWords({ startedBy }: Pick<Run, 'startedBy'>, userId: string, { run: words }: Texts): string {
  switch (startedBy.kind) {
    case 'user':
      return startedBy.id === userId ? words.you : (startedBy.name ?? words.somebody)
    case 'service':
      return words.service(startedBy.name)
    case 'schedule':
      return startedBy.name ? words.scheduleOf(startedBy.name) : words.schedule
    case 'system':
      return words.system
  }
}
