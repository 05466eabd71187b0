import { randomUUIDv7 } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import { createGroupWriter } from '../database/group-writer.ts'
import type { SignedEntry } from './audit-mac.ts'
import type { Chain } from './chain.ts'
import { findEnd, insertHandOuts } from './chain-store.ts'

/** A token that is about to leave. */
export interface HandOut {
  accountId: string
  generation: number
  scopeKey: string
  fingerprint: string
  /** The service's key, or undefined when a run of ours is the receiver. */
  serviceKeyId: string | undefined
  receiver: { kind: 'service' | 'system'; id: string }
}

/** A hand-out that happened while the database was down, from the spool. */
export interface SpooledHandOut extends HandOut {
  /** Given when it was spooled: however often the spool is drained, there is one row. */
  entryId: string
  at: Date
}

interface Waiting {
  handOut: HandOut
  entry: SignedEntry
  hasLeft: boolean
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
  const write = createGroupWriter<Waiting, boolean>({ write: writeAllowed })

  /** Writes the rows that are allowed. One that is not takes no place in the chain: the rest is prepared again without it. */
  async function writeAllowed(waiting: readonly Waiting[]): Promise<readonly boolean[]> {
    let members = waiting.map((each, ordinal) => ({ ...each, ordinal }))
    try {
      while (members.length > 0) {
        const refused = await writeAll(members)
        if (refused.size === 0) break
        members = members.filter(({ ordinal }) => !refused.has(ordinal))
      }
    } catch (error) {
      chain.forget() // It may have been written all the same.
      throw error
    }
    const written = new Set(members.map(({ ordinal }) => ordinal))
    return waiting.map((_, ordinal) => written.has(ordinal))
  }

  async function writeAll(members: ReadonlyArray<Waiting & { ordinal: number }>): Promise<Set<number>> {
    if (chain.isUnknown()) chain.continueFrom(await findEnd(db, chain.writer))
    const { rows, end } = chain.prepare(members.map(({ entry }) => entry))
    const handOuts = members.flatMap(({ ordinal, handOut, hasLeft }, index) => {
      const row = rows[index]
      const scopes = scopesOf(handOut)
      return row ? [{ ...row, ordinal, scopes, serviceKeyId: handOut.serviceKeyId, hasLeft }] : []
    })
    const refused = await insertHandOuts(db, handOuts, end)
    if (refused.size === 0) chain.continueFrom(end)
    return refused
  }

  return {
    /**
     * @returns whether the row is there: committed, while generation, key and grant allow it
     * @throws StandinError `OVERLOADED` where too many wait
     */
    record: (handOut: HandOut): Promise<boolean> =>
      write({ handOut, hasLeft: false, entry: entryOf(handOut, { entryId: randomUUIDv7(), at: clock.now() }) }),
    /** Leaves the row of a token that left already. One whose row is there is passed by. */
    recordSpooled: async ({ entryId, at, ...handOut }: SpooledHandOut): Promise<void> => {
      await write({ handOut, hasLeft: true, entry: entryOf(handOut, { entryId, at }, { spooled: true }) })
    },
  }
}

function entryOf(
  handOut: HandOut,
  identity: { entryId: string; at: Date },
  more: Record<string, unknown> = {},
): SignedEntry {
  const { accountId, generation, fingerprint, serviceKeyId, receiver } = handOut
  return {
    ...identity,
    actorKind: receiver.kind,
    actorId: receiver.id,
    actorName: null,
    event: 'token.issued',
    accountId,
    generation,
    details: { scopes: scopesOf(handOut), fingerprint, key: serviceKeyId ?? null, ...more },
  }
}

const scopesOf = ({ scopeKey }: HandOut) => scopeKey.split(' ')
