import { and, asc, eq, gt, inArray, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import type { AuditMacs, ChainPlace, SignedEntry } from './audit-mac.ts'
import { auditCheckpoints, auditEntries, auditHeads } from './audit-table.ts'

/** The name under which it is kept up to which row nobody signed any: those of a version that did not. */
export const unsignedBefore = 'unsigned'

export type AuditRow = typeof auditEntries.$inferSelect
export type ChainEndRow = typeof auditHeads.$inferSelect

/** Where a chain ends, with the signature that says so. */
export interface ChainEnd extends ChainPlace {
  mac: string
  kid: string
  signature: string
}

/** A row with its place in its writer's chain. */
export interface ChainedEntry {
  entry: SignedEntry
  seq: number
  mac: string
}

/** A row of a hand-out, and what must hold for it to be written. */
export interface ChainedHandOut extends ChainedEntry {
  /** Which of the batch this is. */
  ordinal: number
  scopes: readonly string[]
  /** The service's key; undefined when a run of ours is the receiver. */
  serviceKeyId: string | undefined
  /** It left while the database was down: written whatever holds now, once. */
  hasLeft: boolean
}

/**
 * Writes the rows of hand-outs and the new end of their chain, all or none: none unless each is allowed, by the
 * generation in force, the key and the grant that this very statement sees.
 * @returns the ordinals of those that are allowed; all of them are when the rows were written
 */
export async function insertHandOuts(
  db: Database,
  handOuts: readonly ChainedHandOut[],
  end: ChainEnd,
): Promise<Set<number>> {
  const rows = handOuts.map(({ ordinal, entry, seq, mac, scopes, serviceKeyId, hasLeft }) => ({
    ...{ ordinal, seq, mac, scopes },
    key_id: serviceKeyId ?? null,
    has_left: hasLeft,
    entry_id: entry.entryId,
    at: entry.at,
    actor_kind: entry.actorKind,
    actor_id: entry.actorId,
    account_id: entry.accountId,
    generation: entry.generation,
    details: entry.details,
  }))
  // Joined one to one, so that each is found by its index however many rows the tables have.
  const allowed = await db.execute<{ ordinal: number }>(sql`
    with given as (
      select * from json_to_recordset(${JSON.stringify(rows)}::json) as given(
        ordinal int, seq bigint, mac text, scopes text[], key_id text, has_left boolean, entry_id uuid, at timestamptz,
        actor_kind text, actor_id text, account_id uuid, generation int, details jsonb)
    ), allowed as (
      select given.ordinal from given
      left join installations on installations.account_id = given.account_id and installations.active_generation = given.generation
      left join service_keys on service_keys.id = given.key_id and service_keys.revoked_at is null and service_keys.expires_at > now()
      left join lateral (
        select coalesce(array_agg(scope), '{}') as scopes
        from grants, unnest(grants.scopes) as scope
        where grants.service = service_keys.service and grants.account_id in ('all', given.account_id::text)
      ) as granted on true
      where case when given.has_left
        then not exists (select 1 from ${auditEntries} as written where written.entry_id = given.entry_id)
        else installations.account_id is not null
          and (given.key_id is null or (service_keys.id is not null and given.scopes <@ granted.scopes)) end
    ), written as (
      insert into ${auditEntries}
        (entry_id, at, actor_kind, actor_id, event, account_id, generation, details, writer, writer_seq, chain_kid, chain_mac)
      select entry_id, at, actor_kind, actor_id, 'token.issued', account_id, generation, details,
        ${end.writer}, seq, ${end.kid}, mac
      from given where (select count(*) from allowed) = ${rows.length}::int order by seq
    ), ended as (
      insert into ${auditHeads} (writer, seq, mac, kid, signature)
      select ${end.writer}, ${end.seq}::bigint, ${end.mac}, ${end.kid}, ${end.signature}
      where (select count(*) from allowed) = ${rows.length}::int
      on conflict (writer) do update set
        seq = excluded.seq, mac = excluded.mac, kid = excluded.kid, signature = excluded.signature, at = now()
    )
    select ordinal from allowed`)
  return new Set(allowed.map(({ ordinal }) => ordinal))
}

/** Takes rows that one of these keys is said to have signed and that are in no chain yet, the oldest first; another replica passes them by. */
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

/** Puts rows into a chain, and moves its end. */
export async function chainRows(
  tx: Transaction,
  rows: ReadonlyArray<{ id: number; seq: number; mac: string }>,
  end: ChainEnd,
): Promise<void> {
  await tx.execute(sql`
    update ${auditEntries} set writer = ${end.writer}, writer_seq = chained.seq, chain_kid = ${end.kid}, chain_mac = chained.mac
    from json_to_recordset(${JSON.stringify(rows)}::json) as chained(id bigint, seq bigint, mac text)
    where ${auditEntries}.id = chained.id`)
  await tx
    .insert(auditHeads)
    .values(end)
    .onConflictDoUpdate({ target: auditHeads.writer, set: { ...end, at: sql`now()` } })
}

/** Leaves rows that nobody signed out of every chain for good: they are named by `audit verify`. */
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

export async function setCheckpoint(tx: Transaction, checkpoint: ChainEnd): Promise<void> {
  await tx
    .insert(auditCheckpoints)
    .values(checkpoint)
    .onConflictDoUpdate({ target: auditCheckpoints.writer, set: { ...checkpoint, at: sql`now()` } })
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

/** Rows in no chain, after an id. */
export async function readUnchained(db: Database, afterId: number, limit: number): Promise<AuditRow[]> {
  return db
    .select()
    .from(auditEntries)
    .where(and(isNull(auditEntries.writer), gt(auditEntries.id, afterId)))
    .orderBy(asc(auditEntries.id))
    .limit(limit)
}

/** The row of a chain up to which all are older than a moment. */
export async function findLastOlder(db: Database, writer: string, before: Date): Promise<AuditRow | undefined> {
  const [younger] = await db
    .select({ seq: sql<number | null>`min(${auditEntries.writerSeq})::float8` })
    .from(auditEntries)
    .where(and(eq(auditEntries.writer, writer), sql`${auditEntries.at} >= ${before.toISOString()}::timestamptz`))
  const [row] = await db
    .select()
    .from(auditEntries)
    .where(
      and(
        eq(auditEntries.writer, writer),
        younger?.seq == null ? undefined : sql`${auditEntries.writerSeq} < ${younger.seq}`,
      ),
    )
    .orderBy(sql`${auditEntries.writerSeq} desc`)
    .limit(1)
  return row
}

/** Deletes the rows of a chain up to a place. */
export async function dropRows(tx: Transaction, { writer, seq }: ChainPlace): Promise<number> {
  const gone = await tx
    .delete(auditEntries)
    .where(and(eq(auditEntries.writer, writer), sql`${auditEntries.writerSeq} <= ${seq}`))
    .returning({ id: auditEntries.id })
  return gone.length
}

/** What of a row is signed. */
export function signedPart(row: AuditRow): SignedEntry {
  const { entryId, at, actorKind, actorId, actorName, event, accountId, generation, details } = row
  return { entryId: entryId ?? '', at, actorKind, actorId, actorName, event, accountId, generation, details }
}

/** Keeps, once and signed, up to which row an earlier version wrote some that nobody signed. */
export async function markUnsigned(db: Database, macs: AuditMacs): Promise<void> {
  const [marked] = await db.select().from(auditCheckpoints).where(eq(auditCheckpoints.writer, unsignedBefore))
  if (marked) return
  const [last] = await db
    .select({ id: sql<number>`coalesce(max(${auditEntries.id}), 0)::float8` })
    .from(auditEntries)
    .where(and(isNull(auditEntries.writer), isNull(auditEntries.entryMac)))
  const place = { writer: unsignedBefore, seq: last?.id ?? 0 }
  const signature = macs.ofEnd('checkpoint', place, '')
  await db
    .insert(auditCheckpoints)
    .values({ ...place, mac: '', kid: macs.kid, signature })
    .onConflictDoNothing()
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
    group by actor_kind, actor_id, details->>'key'
    order by max(at) desc, details->>'key'`)
  return [...rows]
}
