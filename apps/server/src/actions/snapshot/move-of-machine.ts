import type { KnownMachine } from 'standin'

export type Move = { kind: 'New' } | { kind: 'Arrived'; from: string | null } | { kind: 'Left'; from: string }

/** What happened to a machine's place since the last run that told of places; undefined where nothing did. */
export function moveOfMachine({ site, toldSite }: Pick<KnownMachine, 'site' | 'toldSite'>): Move | undefined {
  if (toldSite === undefined) return { kind: 'New' }
  if (site?.id === toldSite?.id) return undefined
  if (site === null) return { kind: 'Left', from: toldSite?.name ?? '' }
  return { kind: 'Arrived', from: toldSite?.name ?? null }
}

export function moveInWords(move: Move | undefined): string | null {
  switch (move?.kind) {
    case undefined:
      return null
    case 'New':
      return 'New on the account'
    case 'Left':
      return `Left ${move.from}`
    case 'Arrived':
      return move.from === null ? 'Arrived' : `Arrived from ${move.from}`
  }
}
