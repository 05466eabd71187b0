import type { Database } from '../database/database.ts'
import { type AuditMacs, chainBegin } from './audit-mac.ts'
import {
  type ChainEndRow,
  findCheckpoint,
  isChained,
  listCheckpoints,
  listEnds,
  listWriters,
  readChain,
  readUnchained,
  signedPart,
} from './chain-store.ts'

/** What is wrong with the audit, and where. */
export type AuditProblem =
  /** A row is not what was signed. */
  | { type: 'changed'; writer: string; seq: number; id: number; at: Date }
  /** Rows are gone from within a chain; `at` is of the one after them. */
  | { type: 'missing'; writer: string; seq: number; count: number; at: Date }
  /** Rows are gone from a chain's end. */
  | { type: 'cut-off'; writer: string; seq: number; count: number }
  /** Where a chain begins or ends is not what was signed, or not there. */
  | { type: 'end-changed'; writer: string; end: 'head' | 'checkpoint' }
  /** A row that none of the keys signed. */
  | { type: 'unsigned'; id: number; at: Date }
  /** The retention dropped a row that was not old: the log has a later time for it than the oldest that had to be kept. */
  | { type: 'dropped-early'; writer: string; seq: number; at: Date }
  /** The log says that a chain had a row which is not there as it was. */
  | { type: 'not-as-logged'; writer: string; seq: number }

/** Where a chain ended, as the log has it. */
export interface LoggedHead {
  writer: string
  seq: number
  mac: string
  /** The time of that row. */
  at: Date
}

export interface AuditFindings {
  /** In the order of chains and rows; the first one is the first of its chain. At most `mostProblems`. */
  problems: AuditProblem[]
  rows: number
  chains: number
}

const pageSize = 1_000
const mostProblems = 100

/**
 * Walks every chain from its begin, or from where older rows were dropped, to its end.
 * @param logged heads from the log, which reveal chains that someone deleted as a whole
 */
export async function verifyAudit(
  { db, audit: { macs } }: { db: Database; audit: { macs: AuditMacs } },
  logged: readonly LoggedHead[] = [],
): Promise<AuditFindings> {
  const problems: AuditProblem[] = []
  const add = (problem: AuditProblem) => {
    if (problems.length < mostProblems) problems.push(problem)
  }
  let rows = 0

  // Ends are read before rows: rows written in between are beyond the end, and not reported as missing.
  const ends = new Map((await listEnds(db)).map((end) => [end.writer, end]))
  const checkpoints = new Map((await listCheckpoints(db)).map((checkpoint) => [checkpoint.writer, checkpoint]))
  const writers = new Set([...ends.keys(), ...checkpoints.keys(), ...(await listWriters(db))])

  for (const [what, signed] of [
    ['checkpoint', checkpoints],
    ['head', ends],
  ] as const)
    for (const end of signed.values())
      if (!macs.isOfEnd(what, end)) add({ type: 'end-changed', writer: end.writer, end: what })

  for (const writer of [...writers].sort()) await verifyChain(writer)
  await verifyUnchained()
  return { problems, rows, chains: writers.size }

  async function verifyChain(writer: string): Promise<void> {
    const begin: Pick<ChainEndRow, 'seq' | 'mac'> = checkpoints.get(writer) ?? { seq: 0, mac: chainBegin }
    const heads = new Map(logged.filter((head) => head.writer === writer).map((head) => [head.seq, head]))
    let { seq, mac } = begin
    let readUpTo = Number.MIN_SAFE_INTEGER // Below the begin as well: no row belongs there.
    for (;;) {
      const page = await readChain(db, { writer, seq: readUpTo }, pageSize)
      for (const row of page) {
        readUpTo = row.writerSeq ?? 0
        if (readUpTo <= begin.seq) {
          add({ type: 'changed', writer, seq: readUpTo, id: row.id, at: row.at })
          continue
        }
        if (row.writerSeq !== seq + 1) await passByDropped()
        const isNext = row.writerSeq === seq + 1
        if (!isNext) add({ type: 'missing', writer, seq: seq + 1, count: (row.writerSeq ?? 0) - seq - 1, at: row.at })
        // After a gap the MAC before is not known: what is known is that something is missing.
        if (isNext && !isChained(macs, row, mac)) add({ type: 'changed', writer, seq: seq + 1, id: row.id, at: row.at })
        seq = row.writerSeq ?? seq
        mac = row.chainMac ?? ''
        const head = heads.get(seq)
        if (head && head.mac !== mac) add({ type: 'not-as-logged', writer, seq })
        heads.delete(seq)
        rows++
      }
      if (page.length < pageSize) break
    }
    const end = ends.get(writer)
    if (end && end.seq > seq) await passByDropped()
    if (!end && seq > begin.seq) add({ type: 'end-changed', writer, end: 'head' })
    if (end && end.seq > seq) add({ type: 'cut-off', writer, seq: seq + 1, count: end.seq - seq })
    // The head must be among the rows, or among those that were dropped.
    if (end && end.seq < seq && !(await wasWrittenSince(end))) add({ type: 'end-changed', writer, end: 'head' })
    for (const missing of heads.keys())
      if (missing > seq && !(end && end.seq > seq)) add({ type: 'not-as-logged', writer, seq: missing })
    await compareDropped([...heads.values()].filter((head) => head.seq <= seq))

    /** Rows that the log has, and that were dropped: each had to be older than the checkpoint says. */
    async function compareDropped(dropped: readonly LoggedHead[]): Promise<void> {
      const checkpoint = dropped.length > 0 ? await findCheckpoint(db, writer) : undefined
      if (!checkpoint) return // Their absence is a gap, which was reported.
      for (const head of dropped) {
        if (head.seq > checkpoint.seq) continue
        if (head.at >= checkpoint.at) add({ type: 'dropped-early', writer, seq: head.seq, at: head.at })
        else if (head.seq === checkpoint.seq && head.mac !== checkpoint.mac)
          add({ type: 'not-as-logged', writer, seq: head.seq })
      }
    }

    /** Rows that grew too old since the chain's begin was read are not missing. */
    async function passByDropped(): Promise<void> {
      const now = await findCheckpoint(db, writer)
      if (now && now.seq > seq && macs.isOfEnd('checkpoint', now)) ({ seq, mac } = now)
    }
  }

  /** Whether a chain has grown since its end was read: it is further now. */
  async function wasWrittenSince(read: ChainEndRow): Promise<boolean> {
    const now = (await listEnds(db)).find(({ writer }) => writer === read.writer)
    return now !== undefined && now.seq > read.seq
  }

  async function verifyUnchained(): Promise<void> {
    let afterId = 0
    for (;;) {
      const page = await readUnchained(db, afterId, pageSize)
      for (const row of page) {
        const isSigned = macs.isOfEntry(signedPart(row), { kid: row.kid ?? '', mac: row.entryMac ?? '' })
        if (!isSigned) add({ type: 'unsigned', id: row.id, at: row.at })
        afterId = row.id
        rows++
      }
      if (page.length < pageSize) break
    }
    for (const { writer, seq } of logged) if (!writers.has(writer)) add({ type: 'not-as-logged', writer, seq })
  }
}
