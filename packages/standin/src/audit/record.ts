import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import type { Audit } from './audit.ts'
import type { AuditEvent } from './audit-kinds.ts'
import { auditEntries } from './audit-table.ts'

/** Who caused a change. For `system`, Standin's own work, the id is the part that did it. */
export interface Actor {
  kind: 'trackunit' | 'user' | 'service' | 'operator' | 'schedule' | 'system'
  id: string
  /** A person's name as their token has it, or a service's; for a schedule, its author. */
  name?: string | null
}

export interface AuditEntry {
  actor: Actor
  event: AuditEvent
  accountId?: string
  generation?: number
  /** Names, ids, scopes, fingerprints. Never a secret, never a token. */
  details?: Record<string, unknown>
}

/** The part of a context that recording needs. */
export interface Recording {
  db: Database
  audit: Pick<Audit, 'sign'>
}

/**
 * Records a change in the transaction of that change: both are committed, or neither. The entry is signed now and joins a
 * chain after the commit.
 */
export async function record(tx: Recording, entry: AuditEntry): Promise<void> {
  await tx.db.insert(auditEntries).values(auditRow(tx.audit, entry))
}

/**
 * The same as the last part of a statement, for frequent changes: inserts the entry only where `changed`, the name of an
 * earlier part that returns the changed row, has changed it.
 */
export function recordWhere(changed: SQL, { audit }: Pick<Recording, 'audit'>, entry: AuditEntry): SQL {
  const row = auditRow(audit, entry)
  return sql`insert into ${auditEntries}
    (actor_kind, actor_id, actor_name, event, account_id, generation, details, entry_id, at, kid, entry_mac)
    select ${row.actorKind}, ${row.actorId}, ${row.actorName}::text, ${row.event}, ${row.accountId}::uuid,
      ${row.generation}::int, ${JSON.stringify(row.details)}::jsonb, ${row.entryId}::uuid,
      ${row.at.toISOString()}::timestamptz, ${row.kid}, ${row.entryMac}
    from ${changed}`
}

/** A signed row, for callers that insert several in one statement. */
export function auditRow(
  audit: Pick<Audit, 'sign'>,
  { actor, event, accountId, generation, details = {} }: AuditEntry,
) {
  const row = {
    actorKind: actor.kind,
    actorId: actor.id,
    actorName: actor.name ?? null,
    event,
    accountId: accountId ?? null,
    generation: generation ?? null,
    details,
  }
  return { ...row, ...audit.sign(row) }
}
