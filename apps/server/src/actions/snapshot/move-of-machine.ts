import type { KeyedMessage, KnownMachine } from 'standin'
import { snapshotMessages } from './snapshot-messages.ts'

const { say } = snapshotMessages

export type Move = { kind: 'New' } | { kind: 'Arrived'; from: string | null } | { kind: 'Left'; from: string }

/** How a machine moved since the last run that reported places; undefined if it did not move. */
export function moveOfMachine({ site, reportedSite }: Pick<KnownMachine, 'site' | 'reportedSite'>): Move | undefined {
  if (reportedSite === undefined) return { kind: 'New' }
  if (site?.id === reportedSite?.id) return undefined
  if (site === null) return { kind: 'Left', from: reportedSite?.name ?? '' }
  return { kind: 'Arrived', from: reportedSite?.name ?? null }
}

export function moveInWords(move: Move | undefined): KeyedMessage | null {
  switch (move?.kind) {
    case undefined:
      return null
    case 'New':
      return say('newOnAccount')
    case 'Left':
      return say('leftSite', { site: move.from })
    case 'Arrived':
      return move.from === null ? say('arrived') : say('arrivedFrom', { site: move.from })
  }
}
