import { type AuditMacs, chainBegin } from './audit-mac.ts'
import type { ChainEnd, Place } from './chain-store.ts'

export type Chain = ReturnType<typeof createChain>

/** What this process knows about the end of a writer's chain. It prepares the next rows, and moves the end once they are written. */
export function createChain(writer: string, macs: AuditMacs) {
  let last: { seq: number; mac: string } | undefined

  return {
    writer,
    /** Whether the end of the chain must be read first: at the start, and after a write with an unknown outcome. */
    isUnknown: () => last === undefined,
    /** Where it ends as far as this process knows. A write fails if it ends elsewhere. */
    known: (): Place | undefined => last,
    /** @param end from the database; undefined if the chain has no rows */
    continueFrom: (end: { seq: number; mac: string } | undefined): void => {
      last = end ? { seq: end.seq, mac: end.mac } : { seq: 0, mac: chainBegin }
    },
    /** The last place that is known to be committed; 0 if there is none. */
    knownEnd: () => ({ writer, seq: last?.seq ?? 0 }),
    forget: (): void => {
      last = undefined
    },
    /**
     * Gives rows their places after the last one. The end stays where it is until `continueFrom`.
     * @param sign the row with its place and MAC, after the place before
     */
    prepare<Row, Placed extends Place & { at: Date }>(
      rows: readonly Row[],
      sign: (row: Row, before: Place) => Placed,
    ): { rows: Placed[]; end: ChainEnd } {
      if (!last) throw new Error('where the chain ends was not read')
      let { seq, mac } = last
      let at = new Date(0)
      const placed = rows.map((row) => {
        const signed = sign(row, { seq, mac })
        ;({ seq, mac, at } = signed)
        return signed
      })
      const end = { writer, seq, mac, at }
      return { rows: placed, end: { ...end, kid: macs.kid, signature: macs.ofEnd('head', end) } }
    },
  }
}
