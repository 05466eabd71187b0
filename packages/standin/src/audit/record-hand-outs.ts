import { randomUUIDv7 } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import { createGroupWriter } from '../database/group-writer.ts'
import { textWith } from './audit-mac.ts'
import type { Chain } from './chain.ts'
import { findEnd, insertHandOuts } from './chain-store.ts'
import { createHandOutKinds, type HandOut, type HandOutKind, kindOf } from './hand-out-kind.ts'

/** A hand-out that happened while the database was down, from the spool. */
export interface SpooledHandOut extends HandOut {
  /** Given when it was spooled: however often the spool is drained, there is one row. */
  entryId: string
  at: Date
}

/** A statement costs as much as thirty rows of it: of 64 callers half as many statements are worth a moment. */
const gatherMs = 1

interface Waiting {
  entryId: string
  at: Date
  kind: HandOutKind
}

interface Dependencies {
  db: Database
  clock: Clock
  chain: Chain
}

export type RecordHandOuts = ReturnType<typeof createRecordHandOuts>

/**
 * Leaves the rows of tokens that are about to leave, in groups and chained: one statement is under way, and what arrives
 * meanwhile goes into the next one.
 */
export function createRecordHandOuts({ db, clock, chain }: Dependencies) {
  const write = createGroupWriter<Waiting, boolean>({ write: writeAllowed, gather: () => pause(gatherMs) })
  const kindFor = createHandOutKinds()

  /** Writes the rows that are allowed. One that is not takes no place in the chain: the rest is prepared again without it. */
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
      chain.forget() // It may have been written all the same.
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
     * @returns whether the row is there: committed, while generation, key and grant allow it
     * @throws StandinError `OVERLOADED` where too many wait
     */
    record: (handOut: HandOut): Promise<boolean> =>
      write({ kind: kindFor(handOut), entryId: randomUUIDv7(), at: clock.now() }),
    /** Leaves the row of a token that left already. One whose row is there is passed by. */
    recordSpooled: async ({ entryId, at, ...handOut }: SpooledHandOut): Promise<void> => {
      await write({ kind: kindOf(handOut, entryId), entryId, at })
    },
  }
}
