import { and, asc, eq, gt, inArray, isNotNull, isNull, lt, lte, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import type { AuditMacs, ChainPlace, SignedEnd, SignedEntry } from './audit-mac.ts'
import { auditCheckpoints, auditEntries, auditHeads } from './audit-table.ts'
import type { HandOutKind } from './hand-out-kind.ts'

export type AuditRow = typeof auditEntries.$inferSelect
export type ChainEndRow = typeof auditHeads.$inferSelect

/** Where a chain ends, with the signature that says so. */
export interface ChainEnd extends SignedEnd {
  kid: string
  signature: string
}

/** A row of a hand-out with its place in its writer's chain. */
export interface ChainedHandOut {
  entryId: string
  at: Date
  mac: string
  kind: HandOutKind
}

/**
 * Writes the rows of hand-outs and the new end of their chain, all or none: none unless each is allowed, by the
 * generation in force, the key and the grant that this very statement sees. These must be the rows whose MACs were verified:
 * one that someone put in their place does not count. What rows have in common is sent and looked
 * up once: callers who share a token differ in little.
 * @returns the kinds that are refused; all rows were written when there is none
 */
export async function insertHandOuts(
  db: Database,
  handOuts: readonly ChainedHandOut[],
  end: ChainEnd,
): Promise<Set<HandOutKind>> {
  const numbers = new Map<HandOutKind, number>()
  for (const { kind } of handOuts) if (!numbers.has(kind)) numbers.set(kind, numbers.size + 1)
  const kinds = [...numbers.keys()]
  // A query per kind, so that each uses its index however many rows the tables have.
  const refused = await db.execute<{ no: number }>(sql`
    with kinds as (
      select * from rows from (json_to_recordset(${`[${kinds.map(({ row }) => row).join()}]`}::text::json) as (
        account_id uuid, generation int, key_id text, rests_on text[], scopes text[], actor_kind text, actor_id text, details jsonb,
        left_as uuid)) with ordinality as kind(
        account_id, generation, key_id, rests_on, scopes, actor_kind, actor_id, details, left_as, no)
    ), refused as (
      select no from kinds where not case
        when left_as is not null then not exists (select from audit_entries where entry_id = left_as)
        else exists (
          select from installations
          where installations.account_id = kinds.account_id and active_generation = kinds.generation
            and mac = any(kinds.rests_on)
        ) and (key_id is null or exists (
          select from service_keys where id = key_id and revoked_at is null and expires_at > now() and mac = any(kinds.rests_on)
            and kinds.scopes <@ (
            select coalesce(array_agg(scope), '{}') from grants, unnest(grants.scopes) as scope
            where grants.service = service_keys.service and grants.account_id in ('all', kinds.account_id::text)
              and grants.mac = any(kinds.rests_on))
        )) end
    ), written as (
      insert into audit_entries
        (entry_id, at, actor_kind, actor_id, event, account_id, generation, details, writer, writer_seq, chain_kid, chain_mac)
      select entry_id, at, actor_kind, actor_id, 'token.issued', account_id, generation, details,
        ${end.writer}, ${end.seq - handOuts.length}::bigint + place, ${end.kid}, mac
      from unnest(
        ${arrayOf(handOuts.map(({ entryId }) => entryId))}::text::uuid[],
        ${arrayOf(handOuts.map(({ at }) => at.toISOString()))}::text::timestamptz[],
        ${arrayOf(handOuts.map(({ mac }) => mac))}::text::text[],
        ${arrayOf(handOuts.map(({ kind }) => numbers.get(kind) ?? 0))}::text::int[]
      ) with ordinality as given(entry_id, at, mac, kind, place)
      join kinds on kinds.no = given.kind
      where not exists (select from refused) order by place
    ), ended as (
      insert into audit_heads (writer, seq, mac, at, kid, signature)
      select ${end.writer}, ${end.seq}::bigint, ${end.mac}, ${end.at.toISOString()}::timestamptz, ${end.kid}, ${end.signature}
      where not exists (select from refused)
      on conflict (writer) do update set
        seq = excluded.seq, mac = excluded.mac, at = excluded.at, kid = excluded.kid, signature = excluded.signature
    )
    select no from refused`)
  return new Set(refused.flatMap(({ no }) => kinds[Number(no) - 1] ?? []))
}

/** An array as PostgreSQL writes it, of what needs no quotes: numbers, UUIDs, moments, base64url. */
const arrayOf = (values: ReadonlyArray<string | number>) => `{${values.join(',')}}`

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

/** Puts rows into a chain, and moves its end. */
export async function chainRows(
  tx: Transaction,
  rows: ReadonlyArray<{ id: number; seq: number; mac: string }>,
  end: ChainEnd,
): Promise<void> {
  await tx.execute(sql`
    update ${auditEntries} set writer = ${end.writer}, writer_seq = chained.seq, chain_kid = ${end.kid}, chain_mac = chained.mac
    from json_to_recordset(${JSON.stringify(rows.map(({ id, seq, mac }) => ({ id, seq, mac })))}::json) as chained(id bigint, seq bigint, mac text)
    where ${auditEntries}.id = chained.id`)
  await tx.insert(auditHeads).values(end).onConflictDoUpdate({ target: auditHeads.writer, set: end })
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

/** Where a chain begins from now on; it stays where another replica has dropped more. */
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
export async function listWriters(db: Database): Promise<string[]> {
  // The next writer each time, from the index: the rows of one are many.
  const rows = await db.execute<{ writer: string }>(sql`
    with recursive writers(writer) as (
      (select writer from ${auditEntries} where writer is not null order by writer limit 1)
      union all
      select (select writer from ${auditEntries} as next where next.writer > writers.writer order by writer limit 1)
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

/** What of a row is signed. */
export function signedPart(row: AuditRow): SignedEntry {
  const { entryId, at, actorKind, actorId, actorName, event, accountId, generation, details } = row
  return { entryId: entryId ?? '', at, actorKind, actorId, actorName, event, accountId, generation, details }
}

/** Whether a row is what was signed at its place, after the row with the MAC `before`. */
export function isChained(macs: AuditMacs, row: AuditRow, before: string): boolean {
  const place = { writer: row.writer ?? '', seq: row.writerSeq ?? 0 }
  return macs.isOfChain(before, place, signedPart(row), { kid: row.chainKid ?? '', mac: row.chainMac ?? '' })
}

/** Who got tokens of a generation, by receiver and key. */
export interface TokenHolder {
  actorKind: string
  actorId: string
  key: string | null
  tokens: number
  handOuts: number
  scopes: string[]
  firstAt: string
  lastAt: string
}

export async function listHolders(db: Database, accountId: string, generation: number): Promise<TokenHolder[]> {
  const rows = await db.execute<{ [Name in keyof TokenHolder]: TokenHolder[Name] }>(sql`
    select actor_kind as "actorKind", actor_id as "actorId", details->>'key' as key,
      count(distinct details->>'fingerprint')::int as tokens, count(distinct id)::int as "handOuts",
      coalesce(json_agg(distinct scope), '[]') as scopes,
      to_char(min(at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "firstAt",
      to_char(max(at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "lastAt"
    from ${auditEntries}, jsonb_array_elements_text(details->'scopes') as scope
    where account_id = ${accountId}::uuid and generation = ${generation}::int and event = 'token.issued'
      and event not like 'change.%' -- As the index says it: without, each row of the audit would be looked at.
    group by actor_kind, actor_id, details->>'key'
    order by max(at) desc, details->>'key'`)
  return [...rows]
}
