import { randomUUIDv7 } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import { createGroupWriter } from '../database/group-writer.ts'
import { textWith } from './audit-mac.ts'
import type { Chain } from './chain.ts'
import { findEnd, insertHandOuts } from './chain-store.ts'
import { createHandOutKinds, type HandOut, type HandOutKind, kindOf } from './hand-out-kind.ts'

/** A hand-out from the spool: it happened while the database was down. */
export interface SpooledHandOut extends HandOut {
  /** Assigned when it was spooled, so that draining the spool twice leaves one row. */
  entryId: string
  at: Date
}

/** A statement costs as much as thirty of its rows: with 64 callers, half as many statements are worth a millisecond. */
const gatherMs = 1

interface Waiting {
  entryId: string
  at: Date
  kind: HandOutKind
}

export type HandOutWriter = ReturnType<typeof createHandOutWriter>

/**
 * Records tokens that are about to leave, in groups and chained: while one statement runs, later hand-outs gather for the
 * next.
 */
export function createHandOutWriter({ db, clock, chain }: { db: Database; clock: Clock; chain: Chain }) {
  const write = createGroupWriter<Waiting, boolean>({ write: writeAllowed, gather: () => pause(gatherMs) })
  const kindFor = createHandOutKinds()

  /** Writes the rows that are allowed. A refused row takes no place in the chain: the rest is prepared again without it. */
  async function writeAllowed(waiting: readonly Waiting[]): Promise<readonly boolean[]> {
    const allRefused = new Set<HandOutKind>()
    let members = waiting
    try {
      while (members.length > 0) {
        const refused = await writeAll(members)
        if (refused.size === 0) break
        for (const kind of refused) allRefused.add(kind)
        members = members.filter(({ kind }) => !refused.has(kind))
      }
    } catch (error) {
      chain.forget() // The statement may have been committed anyway.
      throw error
    }
    return waiting.map(({ kind }) => !allRefused.has(kind))
  }

  async function writeAll(members: readonly Waiting[]): Promise<Set<HandOutKind>> {
    if (chain.isUnknown()) chain.continueFrom(await findEnd(db, chain.writer))
    const { rows, end } = chain.prepare(members, (each) => textWith(each.kind.said, each))
    const refused = await insertHandOuts(db, rows, end)
    if (refused.size === 0) chain.continueFrom(end)
    return refused
  }

  return {
    /**
     * Records a token before it leaves.
     * @returns whether the row is committed; false where generation, key or grant no longer allow it
     * @throws StandinError `OVERLOADED` while too many rows wait
     */
    recordHandOut: (handOut: HandOut): Promise<boolean> =>
      write({ kind: kindFor(handOut), entryId: randomUUIDv7(), at: clock.now() }),
    /** Records a token that left during an outage. Does nothing if the spool was drained before. */
    recordSpooled: async ({ entryId, at, ...handOut }: SpooledHandOut): Promise<void> => {
      await write({ kind: kindOf(handOut, entryId), entryId, at })
    },
  }
}
