import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { KeyRing } from '../config/key-ring.ts'
import type { Database } from '../database/database.ts'
import { type AuditMacs, createAuditMacs, type SignedEntry } from './audit-mac.ts'
import { type Chain, createChain } from './chain.ts'
import { createHandOutWriter, type HandOutWriter } from './hand-out-writer.ts'
import { createWriterSlot, fixedSlot, type WriterSlot } from './writer-slot.ts'

/** What a process needs to write its audit: its keys, and the ends of its two chains. */
export interface Audit extends HandOutWriter {
  macs: AuditMacs
  slot: WriterSlot
  /** The chain of changes, which entries join after their commit (`sealEntries`). */
  changes(): Promise<Chain>
  /** Names of the chains that this process has written to. */
  writers(): readonly string[]
  /** Gives an entry its id and time and signs it, before it is written. */
  sign(entry: Omit<SignedEntry, 'entryId' | 'at'>): Signature
}

export interface Signature {
  entryId: string
  at: Date
  kid: string
  entryMac: string
}

interface AuditOptions {
  db: Database
  clock: Clock
  /** The first key signs, all verify. */
  keys: KeyRing
  /** Names the chains of this process; by default one is leased. */
  process?: string
}

/** The audit of one process. */
export function createAudit({ db, clock, keys, process }: AuditOptions): Audit {
  const macs = createAuditMacs(keys)
  const slot = process === undefined ? createWriterSlot(db) : fixedSlot(process)
  const handOuts = createHandOutWriter({ db, clock, macs, slot })
  let changes: Chain | undefined
  return {
    ...handOuts,
    macs,
    slot,
    writers: () => [...handOuts.chains(), ...(changes ? [changes.writer] : [])],
    async changes() {
      const writer = `${await slot.name()}/changes`
      if (changes?.writer !== writer) changes = createChain(writer, macs)
      return changes
    },
    knownEnds: () => [...handOuts.knownEnds(), ...(changes ? [changes.knownEnd()] : [])].filter(({ seq }) => seq > 0),
    sign(entry) {
      const identity = { entryId: randomUUID(), at: clock.now() }
      return { ...identity, kid: macs.kid, entryMac: macs.ofEntry({ ...entry, ...identity }) }
    },
  }
}
