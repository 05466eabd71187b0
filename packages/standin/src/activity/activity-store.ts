import type { AuditTotal, ListedAuditEntry } from '@standin/contracts'
import { and, desc, eq, sql } from 'drizzle-orm'
import { type AuditKind, eventsOfKinds, kindOf } from '../audit/audit-kinds.ts'
import { auditEntries } from '../audit/audit-table.ts'
import { countHandOuts, listHandOuts } from '../audit/hand-out-store.ts'
import type { Database } from '../database/database.ts'
import { isAmong, isAmongGiven } from '../database/is-among.ts'
import { entryOfHandOut, entryOfRow, handOutEvent } from './listed-entry.ts'

type ActorKind = ListedAuditEntry['actor']['kind']

export interface AuditQuery {
  accountId: string
  /** Both included. */
  from?: Date | undefined
  to?: Date | undefined
  actorId?: string | undefined
  actorKinds?: readonly ActorKind[] | undefined
  kinds?: readonly AuditKind[] | undefined
  /** The single changes of this run, instead of what was done in the account. */
  changesOfRun?: string | undefined
}

/** The place of an entry in the list: by its moment, then other entries before hand-outs, then by its number. */
export interface AuditPlace {
  at: Date
  /** Of a hand-out: the chain that its number belongs to. */
  writer?: string
  number: number
}

interface AuditPage {
  /** Entries that come after this one, the newest first. */
  before: AuditPlace | undefined
  limit: number
}

export interface PlacedAuditEntry {
  place: AuditPlace
  entry: ListedAuditEntry
}

/** What was done in an account, the newest first; the changes of one run count as one. */
export async function listAudit(db: Database, query: AuditQuery, page: AuditPage): Promise<PlacedAuditEntry[]> {
  const [others, handOuts] = await Promise.all([
    listOthers(db, query, page),
    hasHandOuts(query) ? listHandOutEntries(db, query, page) : [],
  ])
  return [...others, ...handOuts].sort((one, other) => compareNewest(one.place, other.place)).slice(0, page.limit)
}

function compareNewest(one: AuditPlace, other: AuditPlace): number {
  const { writer: ofOne = '', number } = one
  const { writer: ofOther = '' } = other
  const byMoment = other.at.getTime() - one.at.getTime()
  if (byMoment !== 0) return byMoment
  if (ofOne !== ofOther) return ofOne === '' || (ofOther !== '' && ofOne > ofOther) ? -1 : 1
  return other.number - number
}

async function listOthers(db: Database, query: AuditQuery, { before, limit }: AuditPage): Promise<PlacedAuditEntry[]> {
  const at = before?.at.toISOString() ?? null
  // The hand-outs of a moment are its last entries: after one of them, nothing else of that moment follows.
  const number = before?.writer === undefined ? (before?.number ?? 0) : 0
  const rows = await db
    .select()
    .from(auditEntries)
    .where(
      and(
        ofAccount(query),
        matching(query),
        sql`(${auditEntries.at}, ${auditEntries.id}) < (coalesce(${at}::text::timestamptz, 'infinity'), ${number}::bigint)`,
      ),
    )
    .orderBy(desc(auditEntries.at), desc(auditEntries.id))
    .limit(limit)
  return rows.map((row) => ({ place: { at: row.at, number: row.id }, entry: entryOfRow(row) }))
}

async function listHandOutEntries(
  db: Database,
  query: AuditQuery,
  { before, limit }: AuditPage,
): Promise<PlacedAuditEntry[]> {
  const place = before && {
    at: before.at,
    ...(before.writer !== undefined && { writer: before.writer, seq: before.number }),
  }
  const handOuts = await listHandOuts(db, query, { before: place, limit })
  return handOuts.map((handOut) => ({
    place: { at: handOut.groupAt, writer: handOut.writer, number: handOut.seq },
    entry: entryOfHandOut(handOut, handOut),
  }))
}

const hasHandOuts = ({ changesOfRun, kinds }: AuditQuery) =>
  changesOfRun === undefined && (kinds === undefined || kinds.includes(kindOf(handOutEvent)))

/** Reading this many rows took 20 to 35 ms in a table with a million rows of the account. */
const MOST_COUNTED = 50_000

/**
 * How many entries a list has in all its pages: counted among the newest, since a filter may match few of a million.
 * @param most that are looked at
 */
export async function countAudit(db: Database, query: AuditQuery, most = MOST_COUNTED): Promise<AuditTotal> {
  const handOuts = hasHandOuts(query) ? await countHandOuts(db, query, most) : { entries: 0, lookedAt: 0 }
  const newest = db
    .select({ matches: sql<boolean>`${matching(query)}`.as('matches') })
    .from(auditEntries)
    .where(ofAccount(query))
    .orderBy(desc(auditEntries.at))
    .limit(most)
    .as('newest')
  const [counted] = await db
    .select({
      entries: sql`count(*) filter (where ${newest.matches})`.mapWith(Number),
      lookedAt: sql`count(*)`.mapWith(Number),
    })
    .from(newest)
  const { entries = 0, lookedAt = 0 } = counted ?? {}
  return { entries: entries + handOuts.entries, isExact: lookedAt < most && handOuts.lookedAt < most }
}

function ofAccount({ accountId, changesOfRun }: AuditQuery) {
  return and(
    eq(auditEntries.accountId, accountId),
    changesOfRun === undefined
      ? sql`${auditEntries.event} not like 'change.%'`
      : sql`${auditEntries.event} like 'change.%' and ${auditEntries.details} ->> 'runId' = ${changesOfRun}`,
  )
}

function matching({ from, to, actorId, actorKinds, kinds }: AuditQuery) {
  const events = kinds ? eventsOfKinds(kinds) : { noneOf: [] }
  return and(
    sql`${auditEntries.at} between coalesce(${from?.toISOString() ?? null}::text::timestamptz, '-infinity')
      and coalesce(${to?.toISOString() ?? null}::text::timestamptz, 'infinity')`,
    isAmongGiven(auditEntries.actorId, actorId === undefined ? undefined : [actorId]),
    isAmongGiven(auditEntries.actorKind, actorKinds),
    sql`${isAmong(auditEntries.event, 'among' in events ? events.among : events.noneOf)} = ${'among' in events}::boolean`,
  )
}
