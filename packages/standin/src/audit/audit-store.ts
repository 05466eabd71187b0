import type { ListedAuditEntry } from '@standin/contracts'
import { and, desc, eq, gte, inArray, lt, lte, notInArray, sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { type AuditKind, eventsOfKinds, kindOf } from './audit-kinds.ts'
import { auditEntries } from './audit-table.ts'

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
  /** Entries older than this one. */
  beforeId: number | undefined
  limit: number
}

/** What was done in an account, the newest first; the changes of one run count as one. */
export async function listAudit(db: Database, query: AuditQuery): Promise<ListedAuditEntry[]> {
  const { accountId, from, to, actorId, actorKinds, kinds, changesOfRun, beforeId, limit } = query
  const events = kinds && eventsOfKinds(kinds)
  const rows = await db
    .select()
    .from(auditEntries)
    .where(
      and(
        eq(auditEntries.accountId, accountId),
        changesOfRun === undefined
          ? sql`${auditEntries.event} not like 'change.%'`
          : sql`${auditEntries.event} like 'change.%' and ${auditEntries.details} ->> 'runId' = ${changesOfRun}`,
        from && gte(auditEntries.at, from),
        to && lte(auditEntries.at, to),
        actorId === undefined ? undefined : eq(auditEntries.actorId, actorId),
        actorKinds && inArray(auditEntries.actorKind, actorKinds),
        events &&
          ('among' in events
            ? inArray(auditEntries.event, events.among)
            : notInArray(auditEntries.event, events.noneOf)),
        beforeId === undefined ? undefined : lt(auditEntries.id, beforeId),
      ),
    )
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
