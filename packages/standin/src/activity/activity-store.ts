import type { AuditTotal, ListedAuditEntry } from '@standin/contracts'
import { and, desc, eq, lt, sql } from 'drizzle-orm'
import { type AuditKind, eventsOfKinds, kindOf } from '../audit/audit-kinds.ts'
import { auditEntries } from '../audit/audit-table.ts'
import type { Database } from '../database/database.ts'
import { isAmong, isAmongGiven } from '../database/is-among.ts'

type ActorKind = ListedAuditEntry['actor']['kind']

export interface AuditQuery {
  accountId: string
  /** Both included. */
  from: Date | undefined
  to: Date | undefined
  actorId: string | undefined
  actorKinds: readonly ActorKind[] | undefined
  kinds: readonly AuditKind[] | undefined
  /** The single changes of a run, instead of what was done in the account. */
  changesOfRun: string | undefined
}

interface AuditPage {
  /** Entries older than this one. */
  beforeId: number | undefined
  limit: number
}

/** What was done in an account, the newest first; the changes of one run count as one. */
export async function listAudit(
  db: Database,
  query: AuditQuery,
  { beforeId, limit }: AuditPage,
): Promise<ListedAuditEntry[]> {
  const rows = await db
    .select()
    .from(auditEntries)
    .where(and(ofAccount(query), matching(query), lt(auditEntries.id, beforeId ?? Number.MAX_SAFE_INTEGER)))
    .orderBy(desc(auditEntries.id))
    .limit(limit)
  return rows.map(({ id, at, actorKind, actorId, actorName, event, generation, details }) => ({
    id: String(id),
    at: at.toISOString(),
    actor: { kind: actorKind, id: actorId, name: actorName ?? (actorKind === 'service' ? actorId : null) },
    event,
    kind: kindOf(event),
    generation,
    details,
  }))
}

/** Looking at so many rows takes 20 to 35 ms, whatever else the table holds: it had a million of the account's. */
const MOST_COUNTED = 50_000

/**
 * How many entries a list has in all its pages: counted among the newest, since a filter may match few of a million.
 * @param most that are looked at
 */
export async function countAudit(db: Database, query: AuditQuery, most = MOST_COUNTED): Promise<AuditTotal> {
  const newest = db
    .select({ matches: sql<boolean>`${matching(query)}`.as('matches') })
    .from(auditEntries)
    .where(ofAccount(query))
    .orderBy(desc(auditEntries.id))
    .limit(most)
    .as('newest')
  const [counted] = await db
    .select({
      entries: sql`count(*) filter (where ${newest.matches})`.mapWith(Number),
      lookedAt: sql`count(*)`.mapWith(Number),
    })
    .from(newest)
  const { entries = 0, lookedAt = 0 } = counted ?? {}
  return { entries, isExact: lookedAt < most }
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
