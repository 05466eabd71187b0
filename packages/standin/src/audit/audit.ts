import { randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { KeyRing } from '../config/key-ring.ts'
import type { Database } from '../database/database.ts'
import { type AuditMacs, createAuditMacs, type SignedEntry } from './audit-mac.ts'
import { type Chain, createChain } from './chain.ts'
import { createHandOutWriter, type HandOutWriter } from './hand-out-writer.ts'

/** What a process needs to record its actions: its keys, and the ends of its two chains. */
export interface Audit extends HandOutWriter {
  macs: AuditMacs
  /** The chain of what changed: it grows after the commit (`sealEntries`). */
  changes: Chain
  /** Names of this process's chains, which never occur again. */
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
  /** Names the chains of this process; must never have been used before. */
  process?: string
}

/** The audit of one process. */
export function createAudit({ db, clock, keys, process = randomBytes(6).toString('hex') }: AuditOptions): Audit {
  const macs = createAuditMacs(keys)
  const handOuts = createHandOutWriter({ db, clock, macs, process })
  const changes = createChain(`${process}/changes`, macs)
  return {
    ...handOuts,
    ...{ macs, changes, writers: () => [...handOuts.chains(), changes.writer] },
    knownEnds: () => [...handOuts.knownEnds(), changes.knownEnd()].filter(({ seq }) => seq > 0),
    sign(entry) {
      const identity = { entryId: randomUUID(), at: clock.now() }
      return { ...identity, kid: macs.kid, entryMac: macs.ofEntry({ ...entry, ...identity }) }
    },
  }
}
