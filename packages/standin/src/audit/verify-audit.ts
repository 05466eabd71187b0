import type { Database } from '../database/database.ts'
import { type AuditMacs, chainBegin } from './audit-mac.ts'
import { type ChainLink, isSignedKind, monthOfChain, readLinks } from './chain-link.ts'
import {
  type ChainEndRow,
  findCheckpoint,
  findEnd,
  listCheckpoints,
  listEnds,
  listWriters,
  readUnchained,
  signedPart,
} from './chain-store.ts'
import { listHandOutMonths, listHandOutWriters, readKinds } from './hand-out-store.ts'

/** What is wrong with the audit, and where. */
export type AuditProblem =
  /** A row is not what was signed. `seq` is the place of the entry; `group`, of hand-outs, that of the last one in its row. */
  | { type: 'changed'; writer: string; seq: number; id?: number; group?: number; at: Date }
  /** The kind of the hand-outs from this place on is not what was signed, or is missing. */
  | { type: 'kind-changed' | 'kind-missing'; writer: string; seq: number; group?: number; at?: Date }
  /** Entries are missing within a chain; `at` is of the row after them. */
  | { type: 'missing'; writer: string; seq: number; count: number; at: Date }
  /** Entries are missing at a chain's end. */
  | { type: 'cut-off'; writer: string; seq: number; count: number }
  /** The beginning or the end of a chain is not what was signed, or is missing. */
  | { type: 'end-changed'; writer: string; end: 'head' | 'checkpoint' }
  /** A row that none of the keys signed. */
  | { type: 'unsigned'; id: number; at: Date }
  /** An entry was dropped as old although it was not: according to the log, it is newer than the checkpoint. */
  | { type: 'dropped-early'; writer: string; seq: number; at: Date }
  /** A chain lacks an entry that the log has, or has another one in its place. */
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
  /** In the order of chains and rows, at most `mostProblems`. */
  problems: AuditProblem[]
  /** The number of entries; a row can have several. */
  rows: number
  chains: number
}

interface VerifyContext {
  db: Database
  audit: { macs: AuditMacs }
}

const pageSize = 1_000
const mostProblems = 100

/** The name of the signed checkpoint of a month of hand-outs that was dropped because of its age. */
export const markOfMonth = (month: string) => `hand-outs/${month}`
const isMark = (writer: string) => writer.startsWith('hand-outs/')

/**
 * Verifies every chain, from its beginning or from where older rows were dropped, to its end.
 * @param logged heads from the log, which reveal chains that someone deleted as a whole
 */
export async function verifyAudit(ctx: VerifyContext, logged: readonly LoggedHead[] = []): Promise<AuditFindings> {
  const { db, audit } = ctx
  const { macs } = audit
  const problems: AuditProblem[] = []
  const add = (problem: AuditProblem) => {
    if (problems.length < mostProblems) problems.push(problem)
  }
  let rows = 0

  // Ends are read before rows: rows written in between are beyond the end, and not reported as missing.
  const ends = new Map((await listEnds(db)).map((end) => [end.writer, end]))
  const begins = new Map((await listCheckpoints(db)).map((checkpoint) => [checkpoint.writer, checkpoint]))
  const writers = new Set(
    [...ends.keys(), ...begins.keys(), ...(await listWriters(db))].filter((name) => !isMark(name)),
  )
  for (const month of await listHandOutMonths(db))
    for (const writer of await listHandOutWriters(db, month)) writers.add(writer)

  for (const begin of begins.values())
    if (!macs.isOfEnd('checkpoint', begin)) add({ type: 'end-changed', writer: begin.writer, end: 'checkpoint' })
  for (const end of ends.values())
    if (!macs.isOfEnd('head', end)) add({ type: 'end-changed', writer: end.writer, end: 'head' })

  for (const writer of [...writers].sort()) {
    const heads = logged.filter((head) => head.writer === writer)
    const found = await verifyChain(ctx, { writer, begin: begins.get(writer), end: ends.get(writer), logged: heads })
    rows += found.entries
    // A month that was dropped while this ran is not missing.
    if (found.problems.length > 0 && (await findMark(ctx, writer))) continue
    for (const problem of found.problems) add(problem)
  }
  await verifyUnchained()
  for (const { writer, seq, at } of logged) {
    if (writers.has(writer)) continue
    const mark = await findMark(ctx, writer)
    if (!mark) add({ type: 'not-as-logged', writer, seq })
    else if (at >= mark.at) add({ type: 'dropped-early', writer, seq, at })
  }
  return { problems, rows, chains: writers.size }

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
  }
}

/** The mark that the month of a chain of hand-outs was dropped, if it was. */
async function findMark({ db, audit }: VerifyContext, writer: string): Promise<ChainEndRow | undefined> {
  const month = monthOfChain(writer)
  const mark = month === undefined ? undefined : await findCheckpoint(db, markOfMonth(month))
  return mark && audit.macs.isOfEnd('checkpoint', mark) ? mark : undefined
}

interface ChainToVerify {
  writer: string
  /** Where it begins since older rows were dropped. */
  begin?: ChainEndRow | undefined
  end: ChainEndRow | undefined
  logged?: readonly LoggedHead[]
}

/** Verifies one chain, from its beginning to its end. */
export async function verifyChain(
  { db, audit: { macs } }: VerifyContext,
  { writer, begin: checkpoint, end, logged = [] }: ChainToVerify,
): Promise<{ problems: AuditProblem[]; entries: number }> {
  const problems: AuditProblem[] = []
  const add = (problem: AuditProblem) => {
    if (problems.length < mostProblems) problems.push(problem)
  }
  const addChanged = (link: ChainLink, before: string) => {
    for (const { kind, row, ...place } of link.changed(before))
      add({ type: kind ? `kind-${kind}` : 'changed', writer, ...place, ...row })
  }
  let entries = 0
  const begin: Pick<ChainEndRow, 'seq' | 'mac'> = checkpoint ?? { seq: 0, mac: chainBegin }
  const heads = new Map(logged.map((head) => [head.seq, head]))
  let { seq, mac } = begin
  let readUpTo = Number.MIN_SAFE_INTEGER // Before the beginning as well: no row belongs there.
  for (;;) {
    const page = await readLinks({ db, macs }, writer, readUpTo, pageSize)
    for (const link of page) {
      readUpTo = link.seq
      // Before the beginning, or in place of earlier entries: no MAC before it makes it valid.
      if (link.seq <= begin.seq || link.first <= seq) {
        addChanged(link, '-')
        continue
      }
      if (link.first !== seq + 1) await passByDropped()
      const isNext = link.first === seq + 1
      if (!isNext) add({ type: 'missing', writer, seq: seq + 1, count: link.first - seq - 1, at: link.at })
      // After a gap the previous MAC is unknown: only the gap can be reported.
      else addChanged(link, mac)
      ;({ seq, mac } = link)
      const head = heads.get(seq)
      if (head && head.mac !== mac) add({ type: 'not-as-logged', writer, seq })
      heads.delete(seq)
      entries += link.seq - link.first + 1
    }
    if (page.length < pageSize) break
  }
  await verifyKinds()
  if (end && end.seq > seq) await passByDropped()
  if (!end && seq > begin.seq) add({ type: 'end-changed', writer, end: 'head' })
  if (end && end.seq > seq) add({ type: 'cut-off', writer, seq: seq + 1, count: end.seq - seq })
  // The head must be among the rows, or among those that were dropped.
  if (end && end.seq < seq && !(await wasWrittenSince(end))) add({ type: 'end-changed', writer, end: 'head' })
  for (const missing of heads.keys())
    if (missing > seq && !(end && end.seq > seq)) add({ type: 'not-as-logged', writer, seq: missing })
  const passed = [...heads.values()].filter((head) => head.seq <= seq)
  if (monthOfChain(writer) === undefined) await compareDropped(passed)
  else for (const head of passed) add({ type: 'not-as-logged', writer, seq: head.seq }) // Such a chain goes as a whole.
  return { problems, entries }

  /** Kinds that someone inserted, besides those that were found changed with their groups. */
  async function verifyKinds(): Promise<void> {
    const month = monthOfChain(writer)
    if (month === undefined) return
    const named = new Set(problems.map((problem) => problem.type === 'kind-changed' && problem.seq))
    for (let after = Number.MIN_SAFE_INTEGER; ; ) {
      const page = await readKinds(db, { month, writer, seq: after }, pageSize)
      for (const kind of page) {
        after = kind.no
        if (!isSignedKind(macs, kind) && !named.has(kind.no)) add({ type: 'kind-changed', writer, seq: kind.no })
      }
      if (page.length < pageSize) break
    }
  }

  /** Rows that the log has and that were dropped must be older than the checkpoint. */
  async function compareDropped(dropped: readonly LoggedHead[]): Promise<void> {
    const now = dropped.length > 0 ? await findCheckpoint(db, writer) : undefined
    if (!now) return // Their absence is a gap, which was reported.
    for (const head of dropped) {
      if (head.seq > now.seq) continue
      if (head.at >= now.at) add({ type: 'dropped-early', writer, seq: head.seq, at: head.at })
      else if (head.seq === now.seq && head.mac !== now.mac) add({ type: 'not-as-logged', writer, seq: head.seq })
    }
  }

  /** Rows that were dropped as old since the checkpoint was read are not missing. */
  async function passByDropped(): Promise<void> {
    const now = await findCheckpoint(db, writer)
    if (now && now.seq > seq && macs.isOfEnd('checkpoint', now)) ({ seq, mac } = now)
  }

  /** Whether a chain has grown since its end was read. */
  async function wasWrittenSince(read: ChainEndRow): Promise<boolean> {
    const now = await findEnd(db, read.writer)
    return now !== undefined && now.seq > read.seq
  }
}
