import { and, asc, eq, gt, like, sql } from 'drizzle-orm'
import { arrayText } from '../database/array-text.ts'
import type { Database, Transaction } from '../database/database.ts'
import { addMonth, dropMonth, firstDayOf, listMonths } from '../database/month-partitions.ts'
import { auditHeads } from './audit-table.ts'
import { type ChainEnd, type ChainEndRow, distinctWriters, type Place } from './chain-store.ts'
import type { HandOutKind } from './hand-out-kind.ts'
import { handOutGroups, handOutKinds } from './hand-out-table.ts'

export type HandOutGroupRow = typeof handOutGroups.$inferSelect
export type HandOutKindRow = typeof handOutKinds.$inferSelect

/** Hand-outs of a kind that are about to be recorded, with their places in their writer's chain. */
export interface PreparedGroup {
  kind: HandOutKind
  /** Where this kind was first written in the chain. */
  no: number
  /** Of the kind; null if it was written before. */
  kindMac: string | null
  seq: number
  at: Date
  entries: readonly number[]
  mac: string
}

const handOutTables = ['hand_out_kinds', 'hand_out_groups'] as const

export const addHandOutMonth = (db: Database, month: string) => addMonth(db, handOutTables, month)

/** The months that have hand-outs, the oldest first. */
export const listHandOutMonths = (db: Database) => listMonths(db, 'hand_out_groups')

/**
 * Writes groups of hand-outs and the new end of their chain, or nothing: each must be allowed by the generation in force, the
 * key and the grants that this very statement sees, which must be the rows whose MACs were verified. Writes nothing either
 * if the chain does not end at `from`.
 * @returns the kinds that are refused; everything was written if there are none. `taken` if another process moved the end
 */
export async function insertGroups(
  db: Database,
  {
    month,
    groups,
    end,
    from,
  }: { month: string; groups: readonly PreparedGroup[]; end: ChainEnd; from?: Place | undefined },
): Promise<Set<HandOutKind> | 'taken'> {
  const rows = groups.map(({ kind: { row }, no, kindMac, seq, at, entries, mac }) => {
    const ofKind = kindMac === null ? '' : `,"kind_mac":"${kindMac}"`
    return `${row},"kind":${no},"seq":${seq},"at":"${at.toISOString()}","entries":"{${entries.join()}}","mac":"${mac}"${ofKind}}`
  })
  // Only what it needs: PostgreSQL prepares each part of a statement at each execution, which costs as much as fifty entries.
  const refused = await db.execute<{ no: number }>(sql`
    with given as (
      select *, ${firstDayOf(month)}::date as month, ${end.writer} as writer, ${end.kid} as kid
      from rows from (json_to_recordset(${`[${rows.join()}]`}::text::json) as (
        account_id uuid, generation int, key text, rests_on text[], scopes text[], fingerprint text, actor_kind text,
        actor_id text, left_as uuid, kind bigint, kind_mac text, seq bigint, at timestamptz, entries bigint[], mac text
      )) with ordinality as given(account_id, generation, key, rests_on, scopes, fingerprint, actor_kind, actor_id, left_as,
        kind, kind_mac, seq, at, entries, mac, no)
    ), refused as (
      select no from given where not ${groups.some(({ kind }) => kind.leftAs !== null) ? leftOrAllowed(month) : isAllowed}
    ), ended as (
      insert into audit_heads (writer, seq, mac, at, kid, signature)
      select ${end.writer}, ${end.seq}::bigint, ${end.mac}, ${end.at.toISOString()}::timestamptz, ${end.kid}, ${end.signature}
      where not exists (select from refused)
      on conflict (writer) do update set
        seq = excluded.seq, mac = excluded.mac, at = excluded.at, kid = excluded.kid, signature = excluded.signature
      where audit_heads.seq = ${from?.seq ?? 0}::bigint and audit_heads.mac = ${from?.mac ?? ''}
      returning 1
    )${groups.some(({ kindMac }) => kindMac !== null) ? newKinds : sql``}, groups as (
      insert into hand_out_groups (month, writer, seq, kind, account_id, at, entries, kid, mac)
      select month, writer, seq, kind, account_id, at, entries, kid, mac
      from given where exists (select from ended)
    )
    select no from refused union all select 0 where not exists (select from refused) and not exists (select from ended)`)
  if (refused.some(({ no }) => Number(no) === 0)) return 'taken'
  return new Set(refused.flatMap(({ no }) => groups[Number(no) - 1]?.kind ?? []))
}

// One lookup for each kind, so that the index finds it however many rows the tables have.
const isAllowed = sql`(
  exists (
    select from installations
    where installations.account_id = given.account_id and active_generation = given.generation
      and installations.mac = any(given.rests_on)
  ) and (given.key is null or exists (
    select from service_keys
    where id = given.key and revoked_at is null and expires_at > now() and service_keys.mac = any(given.rests_on)
      and given.scopes <@ (
      select coalesce(array_agg(scope), '{}') from grants, unnest(grants.scopes) as scope
      where grants.service = service_keys.service and grants.account_id in ('all', given.account_id::text)
        and grants.mac = any(given.rests_on)))))`

/** What was handed out during an outage is written once, even if it is no longer allowed. */
const leftOrAllowed = (month: string) => sql`case
  when left_as is null then ${isAllowed}
  else not exists (
    select from hand_out_kinds
    where hand_out_kinds.month = ${firstDayOf(month)}::date and hand_out_kinds.left_as = given.left_as)
  end`

const newKinds = sql`, kinds as (
      insert into hand_out_kinds
        (month, writer, no, account_id, generation, actor_kind, actor_id, key, scopes, fingerprint, left_as, kid, mac)
      select month, writer, kind, account_id, generation, actor_kind, actor_id, key, scopes, fingerprint, left_as, kid, kind_mac
      from given where kind_mac is not null and exists (select from ended)
    )`

/** Every writer that has groups in a month. */
export const listHandOutWriters = (db: Database, month: string): Promise<string[]> =>
  distinctWriters(db, sql`${handOutGroups} as chained where month = ${firstDayOf(month)}::date`)

/** The ends of a month's chains. With `lock`, they cannot change until the transaction ends. */
export async function listEndsOfMonth(db: Database, month: string, { lock = false } = {}): Promise<ChainEndRow[]> {
  const query = db
    .select()
    .from(auditHeads)
    .where(like(auditHeads.writer, `%/hand-outs/${month}`))
    .orderBy(asc(auditHeads.writer))
  return lock ? query.for('update') : query
}

/** @returns false if it is being read: dropping it would hold up the writers */
export async function dropHandOutMonth(tx: Transaction, month: string): Promise<boolean> {
  if (!(await dropMonth(tx, handOutTables, month))) return false
  await tx.delete(auditHeads).where(like(auditHeads.writer, `%/hand-outs/${month}`))
  return true
}

/** A place in the chain of a writer's month. */
interface HandOutPlace {
  month: string
  writer: string
  seq: number
}

/** Groups of a chain after a place, in order, each with its kind. */
export async function readGroups(
  db: Database,
  { month, writer, seq }: HandOutPlace,
  limit: number,
): Promise<Array<{ group: HandOutGroupRow; kind: HandOutKindRow | null }>> {
  return db
    .select({ group: handOutGroups, kind: handOutKinds })
    .from(handOutGroups)
    .leftJoin(
      handOutKinds,
      and(
        eq(handOutKinds.month, handOutGroups.month),
        eq(handOutKinds.writer, handOutGroups.writer),
        eq(handOutKinds.no, handOutGroups.kind),
      ),
    )
    .where(
      and(eq(handOutGroups.month, firstDayOf(month)), eq(handOutGroups.writer, writer), gt(handOutGroups.seq, seq)),
    )
    .orderBy(asc(handOutGroups.seq))
    .limit(limit)
}

/** Kinds of a chain after a place, in order. */
export async function readKinds(
  db: Database,
  { month, writer, seq }: HandOutPlace,
  limit: number,
): Promise<HandOutKindRow[]> {
  return db
    .select()
    .from(handOutKinds)
    .where(and(eq(handOutKinds.month, firstDayOf(month)), eq(handOutKinds.writer, writer), gt(handOutKinds.no, seq)))
    .orderBy(asc(handOutKinds.no))
    .limit(limit)
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

const asIso = (moment: string) => sql.raw(`to_char(${moment} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`)
/** The moment of an entry's hand-out: see `hand-out-entries.ts`. */
const momentOfEntry = `groups.at - (entry >> 16) * interval '1 millisecond'`

export async function listHolders(db: Database, accountId: string, generation: number): Promise<TokenHolder[]> {
  const rows = await db.execute<{ [Name in keyof TokenHolder]: TokenHolder[Name] }>(sql`
    with kinds as (
      select * from hand_out_kinds where account_id = ${accountId}::uuid and generation = ${generation}::int
    ), uses as (
      select actor_kind, actor_id, key, sum(cardinality(groups.entries)) as hand_outs, max(groups.at) as last_at,
        min(groups.at - (groups.entries[1] >> 16) * interval '1 millisecond') as first_at
      from kinds
      join hand_out_groups as groups
        on groups.month = kinds.month and groups.writer = kinds.writer and groups.kind = kinds.no
          and groups.account_id = ${accountId}::uuid
      group by actor_kind, actor_id, key
    )
    select uses.actor_kind as "actorKind", uses.actor_id as "actorId", uses.key, hand_outs::int as "handOuts",
      (select count(distinct fingerprint)::int from kinds
        where (kinds.actor_kind, kinds.actor_id) = (uses.actor_kind, uses.actor_id) and kinds.key is not distinct from uses.key
      ) as tokens,
      (select json_agg(distinct scope) from kinds, unnest(kinds.scopes) as scope
        where (kinds.actor_kind, kinds.actor_id) = (uses.actor_kind, uses.actor_id) and kinds.key is not distinct from uses.key
      ) as scopes,
      ${asIso('first_at')} as "firstAt", ${asIso('last_at')} as "lastAt"
    from uses order by last_at desc, key`)
  return [...rows]
}

/** A hand-out as the audit lists it. */
export interface ListedHandOut
  extends Pick<
    HandOutKindRow,
    'actorKind' | 'actorId' | 'accountId' | 'generation' | 'scopes' | 'fingerprint' | 'key' | 'leftAs'
  > {
  writer: string
  seq: number
  at: Date
  /** The moment of its group, by which the list is ordered. */
  groupAt: Date
}

export interface HandOutQuery {
  accountId: string
  /** Both included. */
  from?: Date | undefined
  to?: Date | undefined
  actorId?: string | undefined
  actorKinds?: readonly string[] | undefined
}

/** A place in the list, which has the newest first. Without a writer, it is before everything of that moment. */
export interface ListedPlace {
  at: Date
  writer?: string
  seq?: number
}

/** The hand-outs of an account, the newest first. */
export async function listHandOuts(
  db: Database,
  query: HandOutQuery,
  { before, limit }: { before: ListedPlace | undefined; limit: number },
): Promise<ListedHandOut[]> {
  type Row = Omit<ListedHandOut, 'at' | 'groupAt' | 'seq' | 'generation'> &
    Record<'atMs' | 'groupAtMs' | 'seq' | 'generation', number>
  const rows = await db.execute<{ [Name in keyof Row]: Row[Name] }>(sql`
    select groups.writer, groups.seq - cardinality(groups.entries) + position as seq,
      extract(epoch from ${sql.raw(momentOfEntry)})::float8 * 1000 as "atMs", extract(epoch from groups.at)::float8 * 1000 as "groupAtMs",
      kinds.actor_kind as "actorKind", kinds.actor_id as "actorId", kinds.account_id as "accountId", kinds.generation,
      to_json(kinds.scopes) as scopes, kinds.fingerprint, kinds.key, kinds.left_as as "leftAs"
    from ${matchingEntries(query)}
      and groups.at <= coalesce(${before?.at.toISOString() ?? null}::text::timestamptz, 'infinity')
      and (groups.at, groups.writer collate "C", groups.seq - cardinality(groups.entries) + position)
        < (coalesce(${before?.at.toISOString() ?? null}::text::timestamptz, 'infinity'), ${before?.writer ?? '~'}, ${before?.seq ?? 0}::bigint)
    order by groups.at desc, groups.writer collate "C" desc, groups.seq desc, position desc
    limit ${limit}`)
  return rows.map(({ atMs, groupAtMs, seq, generation, ...row }) => ({
    ...row,
    seq: Number(seq),
    generation: Number(generation),
    at: new Date(Math.round(atMs)),
    groupAt: new Date(Math.round(groupAtMs)),
  }))
}

/** How many of an account's newest `most` hand-outs match. */
export async function countHandOuts(
  db: Database,
  query: HandOutQuery,
  most: number,
): Promise<{ entries: number; lookedAt: number }> {
  const [counted] = await db.execute<{ entries: number; lookedAt: number }>(sql`
    select count(*) filter (where matches)::int as entries, count(*)::int as "lookedAt" from (
      select ${matches(query)} as matches from ${entriesOf(query)} order by groups.at desc limit ${most}
    ) as newest`)
  return counted ?? { entries: 0, lookedAt: 0 }
}

const entriesOf = ({ accountId }: HandOutQuery) => sql`
  hand_out_groups as groups
    join hand_out_kinds as kinds
      on kinds.month = groups.month and kinds.writer = groups.writer and kinds.no = groups.kind
    cross join unnest(groups.entries) with ordinality as entries(entry, position)
  where groups.account_id = ${accountId}::uuid`

const matches = ({ from, to, actorId, actorKinds }: HandOutQuery) => sql`(
  groups.at >= coalesce(${from?.toISOString() ?? null}::text::timestamptz, '-infinity')
  and ${sql.raw(momentOfEntry)} between coalesce(${from?.toISOString() ?? null}::text::timestamptz, '-infinity')
    and coalesce(${to?.toISOString() ?? null}::text::timestamptz, 'infinity')
  and (${actorId ?? null}::text is null or kinds.actor_id = ${actorId ?? null})
  and (${actorKinds === undefined}::boolean or kinds.actor_kind = any(${arrayText(actorKinds ?? [])}::text::text[])))`

const matchingEntries = (query: HandOutQuery) => sql`${entriesOf(query)} and ${matches(query)}`
