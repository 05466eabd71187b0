import type { Database } from '../database/database.ts'
import type { AuditMacs } from './audit-mac.ts'
import { isChained, readChain } from './chain-store.ts'
import { changedEntries } from './hand-out-entries.ts'
import { contentOfKind } from './hand-out-kind.ts'
import { type HandOutGroupRow, type HandOutKindRow, readGroups } from './hand-out-store.ts'

/** A row of a chain that is being verified: an entry, or a group of them. */
export interface ChainLink {
  /** The places of its first and its last entry. */
  first: number
  seq: number
  at: Date
  mac: string
  /** The parts of it that are not what was signed, after the row with the MAC `before`. */
  changed: (before: string) => ChangedPart[]
}

/** What was changed: where, in which row, and when that was written. */
export interface ChangedPart {
  /** The place of the entry. */
  seq: number
  at: Date
  /** The row's id; of a group, the place of its last entry. */
  row: { id: number } | { group: number }
  /** Set if not the entry itself but its kind, which it shares with others, was changed or is missing. */
  kind?: 'changed' | 'missing'
}

/** The month of a chain of hand-outs; undefined for a chain of changes. */
export const monthOfChain = (writer: string): string | undefined => /\/hand-outs\/(\d{4}-\d\d)$/.exec(writer)?.[1]

/** Rows of a chain after a place, in order. */
export async function readLinks(
  { db, macs }: { db: Database; macs: AuditMacs },
  writer: string,
  after: number,
  limit: number,
): Promise<ChainLink[]> {
  const month = monthOfChain(writer)
  if (month !== undefined) {
    const rows = await readGroups(db, { month, writer, seq: after }, limit)
    return rows.map(({ group, kind }) => ({
      first: group.seq - group.entries.length + 1,
      seq: group.seq,
      at: group.at,
      mac: group.mac,
      changed: (before) => changedInGroup(macs, group, kind, before),
    }))
  }
  const rows = await readChain(db, { writer, seq: after }, limit)
  return rows.map((row) => {
    const [seq, { at, id }] = [row.writerSeq ?? 0, row]
    const changed = (before: string) => (isChained(macs, row, before) ? [] : [{ seq, at, row: { id } }])
    return { first: seq, seq, at, mac: row.chainMac ?? '', changed }
  })
}

function changedInGroup(
  macs: AuditMacs,
  group: HandOutGroupRow,
  kind: HandOutKindRow | null,
  before: string,
): ChangedPart[] {
  const { at, seq, kid, writer } = group
  const part = (place: number): ChangedPart => ({ seq: place, at, row: { group: seq } })
  const first = seq - group.entries.length + 1
  // A changed kind is reported where it was written, with its first group.
  const isFirstOfKind = group.kind === first
  const ofKind: ChangedPart[] = !kind
    ? [{ ...part(first), kind: 'missing' }]
    : isFirstOfKind && !isSignedKind(macs, kind)
      ? [{ ...part(first), kind: 'changed' }]
      : []
  if (macs.isOfGroup(before, group, group)) return ofKind
  const key = macs.keyOfChecks(kid, writer)
  const entries = key ? changedEntries(key, group) : []
  // If none or all of them differ, the row itself was changed.
  const isRow = entries.length === 0 || entries.length === group.entries.length
  return [...ofKind, ...(isRow ? [seq] : entries).map(part)]
}

export const isSignedKind = (macs: AuditMacs, kind: HandOutKindRow): boolean =>
  macs.isOfKind({ ...kind, content: contentOfKind(kind) }, kind)
