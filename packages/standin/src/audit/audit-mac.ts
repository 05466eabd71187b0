import { createHmac } from 'node:crypto'
import type { KeyRing } from '../config/key-ring.ts'

/** The signed content of an audit row. */
export interface SignedEntry {
  /** Assigned by the writer. */
  entryId: string
  at: Date
  actorKind: string
  actorId: string
  actorName: string | null
  event: string
  accountId: string | null
  generation: number | null
  details: Record<string, unknown>
}

/** A place in a chain: the row's sequence number, and whose chain it is. */
export interface ChainPlace {
  writer: string
  seq: number
}

/** Where a chain ends, or begins since older rows were dropped. */
export interface SignedEnd extends ChainPlace {
  /** Of the row at that place. */
  mac: string
  /** Of an end: the time of its last row. Of a checkpoint: every dropped row was older than this. */
  at: Date
}

/** What hand-outs of one token to one receiver have in common. */
export interface SignedHandOutKind {
  writer: string
  /** The place of the first one in the chain. */
  no: number
  leftAs: string | null
  /** From `contentOf`. */
  content: string
}

/** A row of hand-outs of one kind that were recorded together. */
export interface SignedGroup {
  writer: string
  /** Of its last entry. */
  seq: number
  kind: number
  accountId: string
  at: Date
  entries: readonly number[]
}

/** The MAC before the first row. */
export const chainBegin = ''

export type AuditMacs = ReturnType<typeof createAuditMacs>

/**
 * Signs and checks audit rows with keys that are not in the database: the first of the ring signs, all check. The signed
 * text begins with its type, so that a MAC of one type is never valid for another.
 */
export function createAuditMacs(ring: KeyRing) {
  const keys = new Map(ring.map(({ kid, bytes }) => [kid, bytes]))
  const { kid } = ring[0]

  /** Undefined where the key is not in the ring. */
  function macOf(
    kidOfMac: string,
    what: 'entry' | 'chain' | 'kind' | 'group' | 'checks' | 'head' | 'checkpoint',
    parts: unknown,
  ): string | undefined {
    const key = keys.get(kidOfMac)
    return (
      key &&
      createHmac('sha256', key)
        .update(JSON.stringify([what, parts]))
        .digest('base64url')
    )
  }
  const own = (what: Parameters<typeof macOf>[1], parts: unknown) => {
    const mac = macOf(kid, what, parts)
    if (mac === undefined) throw new Error('the first key of a ring is in it')
    return mac
  }
  const chainParts = (before: string, { writer, seq }: ChainPlace, text: string) => [writer, seq, before, text]
  const kindParts = ({ writer, no, leftAs, content }: SignedHandOutKind) => [writer, no, leftAs, content]
  const groupParts = (before: string, { writer, seq, kind, accountId, at, entries }: SignedGroup) => [
    writer,
    seq,
    before,
    kind,
    accountId.toLowerCase(),
    at.getTime(),
    entries.join(),
  ]
  const endParts = ({ writer, seq, mac, at }: SignedEnd) => [writer, seq, mac, at.toISOString()]

  return {
    /** The key that signs. */
    kid,
    /** All that check. */
    kids: [...keys.keys()],
    /** Of a row alone, before it is in a chain. */
    ofEntry: (entry: SignedEntry) => own('entry', textOf(entry)),
    isOfEntry: (entry: SignedEntry, signed: { kid: string; mac: string }) =>
      macOf(signed.kid, 'entry', textOf(entry)) === signed.mac,
    /** Of a row at its place, over the MAC of the row before it. */
    ofChain: (before: string, place: ChainPlace, text: string) => own('chain', chainParts(before, place, text)),
    isOfChain: (before: string, place: ChainPlace, entry: SignedEntry, signed: { kid: string; mac: string }) =>
      macOf(signed.kid, 'chain', chainParts(before, place, textOf(entry))) === signed.mac,
    ofKind: (kind: SignedHandOutKind) => own('kind', kindParts(kind)),
    isOfKind: (kind: SignedHandOutKind, signed: { kid: string; mac: string }) =>
      macOf(signed.kid, 'kind', kindParts(kind)) === signed.mac,
    /** Of a group at its place, over the MAC of the group before it. */
    ofGroup: (before: string, group: SignedGroup) => own('group', groupParts(before, group)),
    isOfGroup: (before: string, group: SignedGroup, signed: { kid: string; mac: string }) =>
      macOf(signed.kid, 'group', groupParts(before, group)) === signed.mac,
    /** For the checks of a chain's entries; undefined where the key is not in the ring. */
    keyOfChecks(kidOfMac: string, writer: string): Uint8Array | undefined {
      const mac = macOf(kidOfMac, 'checks', writer)
      return mac === undefined ? undefined : Buffer.from(mac, 'base64url')
    },
    /** Of where a chain ends (`head`), or begins since older rows were dropped (`checkpoint`). */
    ofEnd: (what: 'head' | 'checkpoint', end: SignedEnd) => own(what, endParts(end)),
    isOfEnd: (what: 'head' | 'checkpoint', end: SignedEnd & { kid: string; signature: string }) =>
      macOf(end.kid, what, endParts(end)) === end.signature,
  }
}

/** The signed text of a row. */
export const textOf = (entry: SignedEntry): string =>
  `[${JSON.stringify(entry.entryId)},"${entry.at.toISOString()}",${contentOf(entry)}]`

/** The signed text of what a row is about. Object keys are sorted, because `jsonb` does not keep their order. */
export function contentOf(entry: Omit<SignedEntry, 'entryId' | 'at'>): string {
  const { actorKind, actorId, actorName, event, accountId, generation, details } = entry
  const account = accountId?.toLowerCase() ?? null
  return JSON.stringify([
    actorKind,
    actorId,
    actorName,
    event,
    account,
    generation,
    inOrder(JSON.parse(JSON.stringify(details))),
  ]).slice(1, -1)
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const sorted = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries(sorted.map(([key, each]) => [key, inOrder(each)]))
}
