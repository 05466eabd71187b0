import { and, asc, eq, gt, gte, inArray, isNotNull, isNull, lt, lte, type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import type { AuditMacs, ChainPlace, SignedEnd, SignedEntry } from './audit-mac.ts'
import { auditCheckpoints, auditEntries, auditHeads } from './audit-table.ts'

export type AuditRow = typeof auditEntries.$inferSelect
export type ChainEndRow = typeof auditHeads.$inferSelect

/** A place in a chain, and the MAC of the row there. */
export interface Place {
  seq: number
  mac: string
}

/** Where a chain ends, signed. */
export interface ChainEnd extends SignedEnd {
  kid: string
  signature: string
}

/** Locks the oldest rows that claim a signature by one of these keys and are in no chain yet; other replicas skip them. */
export async function claimUnchained(
  tx: Transaction,
  { kids, limit }: { kids: readonly string[]; limit: number },
): Promise<AuditRow[]> {
  return tx
    .select()
    .from(auditEntries)
    .where(and(isNull(auditEntries.writer), isNotNull(auditEntries.entryMac), inArray(auditEntries.kid, [...kids])))
    .orderBy(asc(auditEntries.id))
    .limit(limit)
    .for('update', { skipLocked: true })
}

/** 0 while entries of these keys are in no chain. */
export const unchainedDue = (kids: readonly string[]) => sql`
  select 0 where exists (
    select from ${auditEntries}
    where ${and(isNull(auditEntries.writer), isNotNull(auditEntries.entryMac), inArray(auditEntries.kid, [...kids]))})`

/**
 * Puts rows into a chain, and moves its end from where the writer knows it.
 * @returns false if another process has moved it: then nothing may be committed
 */
export async function chainRows(
  tx: Transaction,
  rows: ReadonlyArray<{ id: number; seq: number; mac: string }>,
  { end, from }: { end: ChainEnd; from: Place },
): Promise<boolean> {
  const moved = await tx
    .insert(auditHeads)
    .values(end)
    .onConflictDoUpdate({
      target: auditHeads.writer,
      set: end,
      setWhere: sql`${auditHeads.seq} = ${from.seq} and ${auditHeads.mac} = ${from.mac}`,
    })
    .returning({ writer: auditHeads.writer })
  if (moved.length === 0) return false
  await tx.execute(sql`
    update ${auditEntries} set writer = ${end.writer}, writer_seq = chained.seq, chain_kid = ${end.kid}, chain_mac = chained.mac
    from json_to_recordset(${JSON.stringify(rows.map(({ id, seq, mac }) => ({ id, seq, mac })))}::json) as chained(id bigint, seq bigint, mac text)
    where ${auditEntries}.id = chained.id`)
  return true
}

/** Keeps unsigned rows out of every chain for good; `audit verify` names them. */
export async function refuseRows(tx: Transaction, ids: readonly number[]): Promise<void> {
  for (const id of ids) await tx.update(auditEntries).set({ entryMac: null }).where(eq(auditEntries.id, id))
}

export async function findEnd(db: Database, writer: string): Promise<ChainEndRow | undefined> {
  const [row] = await db.select().from(auditHeads).where(eq(auditHeads.writer, writer))
  return row
}

export const listEnds = (db: Database): Promise<ChainEndRow[]> =>
  db.select().from(auditHeads).orderBy(asc(auditHeads.writer))

export const listCheckpoints = (db: Database): Promise<ChainEndRow[]> =>
  db.select().from(auditCheckpoints).orderBy(asc(auditCheckpoints.writer))

export async function findCheckpoint(db: Database, writer: string): Promise<ChainEndRow | undefined> {
  const [row] = await db.select().from(auditCheckpoints).where(eq(auditCheckpoints.writer, writer))
  return row
}

/** Sets where a chain begins from now on, unless another replica has already dropped more. */
export async function setCheckpoint(tx: Transaction, checkpoint: ChainEnd): Promise<void> {
  await tx
    .insert(auditCheckpoints)
    .values(checkpoint)
    .onConflictDoUpdate({
      target: auditCheckpoints.writer,
      set: checkpoint,
      setWhere: lt(auditCheckpoints.seq, checkpoint.seq),
    })
}

/** Every writer that has rows. */
export const listWriters = (db: Database): Promise<string[]> =>
  distinctWriters(db, sql`${auditEntries} as chained where writer is not null`)

/** @param from a table of chains and which of its rows count; finds one writer after the other by its index, as the rows of each are many */
export async function distinctWriters(db: Database, from: SQL): Promise<string[]> {
  const rows = await db.execute<{ writer: string }>(sql`
    with recursive writers(writer) as (
      (select writer from ${from} order by writer limit 1)
      union all
      select (select chained.writer from ${from} and chained.writer > writers.writer order by writer limit 1)
      from writers where writers.writer is not null
    )
    select writer from writers where writer is not null`)
  return rows.map(({ writer }) => writer)
}

/** Rows of a chain after a place, in order. */
export async function readChain(db: Database, { writer, seq }: ChainPlace, limit: number): Promise<AuditRow[]> {
  return db
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.writer, writer), gt(auditEntries.writerSeq, seq)))
    .orderBy(asc(auditEntries.writerSeq))
    .limit(limit)
}

/** Entries of these events after an id, in the order of ids. */
export async function listEntriesOf(
  db: Database,
  events: readonly string[],
  afterId: number,
  limit = 1_000,
): Promise<AuditRow[]> {
  return db
    .select()
    .from(auditEntries)
    .where(and(inArray(auditEntries.event, [...events]), gt(auditEntries.id, afterId)))
    .orderBy(asc(auditEntries.id))
    .limit(limit)
}

/** Entries of these events in a time, the newest last. */
export async function listEntriesBetween(
  db: Database,
  events: readonly string[],
  { from, to }: { from: Date; to: Date },
): Promise<AuditRow[]> {
  return db
    .select()
    .from(auditEntries)
    .where(and(inArray(auditEntries.event, [...events]), gte(auditEntries.at, from), lte(auditEntries.at, to)))
    .orderBy(asc(auditEntries.id))
}

/** Rows in no chain, after an id. */
export async function readUnchained(db: Database, afterId: number, limit: number): Promise<AuditRow[]> {
  return db
    .select()
    .from(auditEntries)
    .where(and(isNull(auditEntries.writer), gt(auditEntries.id, afterId)))
    .orderBy(asc(auditEntries.id))
    .limit(limit)
}

/** Deletes the rows of a chain after one place, up to another. */
export async function dropRows(
  tx: Transaction,
  { writer, after, upTo }: { writer: string; after: number; upTo: number },
): Promise<number> {
  const gone = await tx
    .delete(auditEntries)
    .where(and(eq(auditEntries.writer, writer), gt(auditEntries.writerSeq, after), lte(auditEntries.writerSeq, upTo)))
    .returning({ id: auditEntries.id })
  return gone.length
}

/** The signed part of a row. */
export function signedPart(row: AuditRow): SignedEntry {
  const { entryId, at, actorKind, actorId, actorName, event, accountId, generation, details } = row
  return { entryId: entryId ?? '', at, actorKind, actorId, actorName, event, accountId, generation, details }
}

/** Whether a row is what was signed at its place, after the row with the MAC `before`. */
export function isChained(macs: AuditMacs, row: AuditRow, before: string): boolean {
  const place = { writer: row.writer ?? '', seq: row.writerSeq ?? 0 }
  return macs.isOfChain(before, place, signedPart(row), { kid: row.chainKid ?? '', mac: row.chainMac ?? '' })
}
