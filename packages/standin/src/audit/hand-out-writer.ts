import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import { codeOf } from '../database/code-of.ts'
import type { Database } from '../database/database.ts'
import { createGroupWriter } from '../database/group-writer.ts'
import { monthOf } from '../database/month-partitions.ts'
import type { AuditMacs } from './audit-mac.ts'
import { createChain } from './chain.ts'
import { findEnd } from './chain-store.ts'
import { encodeEntries } from './hand-out-entries.ts'
import { createHandOutKinds, type HandOut, type HandOutKind, handOutKindOf } from './hand-out-kind.ts'
import { addHandOutMonth, insertGroups, type PreparedGroup } from './hand-out-store.ts'
import type { WriterSlot } from './writer-slot.ts'

/** A hand-out from the spool: it happened while the database was down. */
export interface SpooledHandOut extends HandOut {
  /** Assigned when it was spooled, so that draining the spool twice leaves one entry. */
  entryId: string
  at: Date
}

/** A statement costs as much as a hundred of its entries, so halving the number of statements is worth this wait. */
const gatherMs = 1

/** PostgreSQL's code for a broken constraint: here only that the row's month must exist. */
const noPartition = '23514'

interface Waiting {
  at: Date
  kind: HandOutKind
}

export type HandOutWriter = ReturnType<typeof createHandOutWriter>

/**
 * Records hand-outs before they are made, in groups and in chains: while one statement runs, later hand-outs gather for the
 * next.
 */
export function createHandOutWriter({
  db,
  clock,
  macs,
  slot,
}: {
  db: Database
  clock: Clock
  macs: AuditMacs
  slot: WriterSlot
}) {
  const write = createGroupWriter<Waiting, boolean>({ write: writeAllowed, gather: () => pause(gatherMs) })
  const kindFor = createHandOutKinds()
  const months = new Map<string, ReturnType<typeof createMonth>>()

  function createMonth(writer: string, month: string) {
    // A chain belongs to one month, so that it can be dropped as a whole.
    const chain = createChain(`${writer}/hand-outs/${month}`, macs)
    const key = macs.keyOfChecks(macs.kid, chain.writer)
    if (!key) throw new Error('the first key of a ring is in it')
    // Where each kind of this chain was written, so that it is written once.
    return { writer, chain, key, written: new WeakMap<HandOutKind, number>() }
  }

  /** Writes the hand-outs that are allowed. Refused ones take no place in the chain: the others are prepared again without them. */
  async function writeAllowed(waiting: readonly Waiting[]): Promise<readonly boolean[]> {
    const refused = new Set<HandOutKind>()
    for (const [month, members] of Map.groupBy(waiting, ({ at }) => monthOf(at))) {
      let left = new Map(Map.groupBy(members, ({ kind }) => kind))
      while (left.size > 0) {
        const refusedNow = await writeMonth(month, left)
        if (refusedNow.size === 0) break
        for (const kind of refusedNow) refused.add(kind)
        left = new Map([...left].filter(([kind]) => !refusedNow.has(kind)))
      }
    }
    return waiting.map(({ kind }) => !refused.has(kind))
  }

  /** Writes all of them; or none, and returns the refused ones. */
  async function writeMonth(name: string, members: ReadonlyMap<HandOutKind, Waiting[]>): Promise<Set<HandOutKind>> {
    const writer = await slot.name()
    if (months.get(name)?.writer !== writer) months.delete(name)
    const month = months.get(name) ?? createMonth(writer, name)
    const { chain, written } = month
    try {
      if (!months.has(name)) await addHandOutMonth(db, name)
      months.set(name, month)
      if (chain.isUnknown()) chain.continueFrom(await findEnd(db, chain.writer))
      const { rows, end } = prepareGroups(month, members)
      const refused = await insertGroups(db, { month: name, groups: rows, end, from: chain.known() })
      if (refused === 'taken') {
        // Another process has taken over these chains: this one's lease had expired.
        slot.lose(chain.writer)
        return writeMonth(name, members)
      }
      if (refused.size > 0) return refused
      chain.continueFrom(end)
      for (const { kind, no, kindMac } of rows) if (kindMac !== null) written.set(kind, no)
      return refused
    } catch (error) {
      // The statement may have been committed anyway.
      const isKnown = months.delete(name)
      if (isKnown && codeOf(error) === noPartition) return writeMonth(name, members) // Dropped since it was added.
      throw error
    }
  }

  function prepareGroups(
    { chain, key, written }: ReturnType<typeof createMonth>,
    members: ReadonlyMap<HandOutKind, Waiting[]>,
  ) {
    const { writer } = chain
    return chain.prepare([...members], ([kind, waiting], before): PreparedGroup => {
      const [first, seq] = [before.seq + 1, before.seq + waiting.length]
      const moments = waiting.map(({ at }) => at)
      const { at, entries } = encodeEntries(key, first, moments)
      const known = written.get(kind)
      const no = known ?? first
      const { accountId, content, leftAs } = kind
      const mac = macs.ofGroup(before.mac, { writer, seq, kind: no, accountId, at, entries })
      const kindMac = known === undefined ? macs.ofKind({ writer, no, leftAs, content }) : null
      return { kind, no, kindMac, seq, at, entries, mac }
    })
  }

  return {
    /** The chains of this process so far, the newest last. */
    chains: (): string[] => [...months.values()].map(({ chain }) => chain.writer),
    /** Where this month's chain ends, as far as this process saw it committed. Earlier months may already be dropped. */
    knownEnds: (): Array<{ writer: string; seq: number }> => {
      const chain = months.get(monthOf(clock.now()))?.chain
      return chain ? [chain.knownEnd()] : []
    },
    /**
     * Records a token before it is handed out.
     * @returns whether the entry is committed; false if generation, key or grant no longer allow it
     * @throws StandinError `OVERLOADED` while too many wait
     */
    recordHandOut: (handOut: HandOut): Promise<boolean> => write({ kind: kindFor(handOut), at: clock.now() }),
    /** Records a token that was handed out during an outage. Does nothing if it was recorded before. */
    recordSpooled: async ({ entryId, at, ...handOut }: SpooledHandOut): Promise<void> => {
      await write({ kind: handOutKindOf(handOut, entryId), at })
    },
  }
}
