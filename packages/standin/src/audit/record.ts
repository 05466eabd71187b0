import { type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import type { AuditEvent } from './audit-kinds.ts'
import { auditEntries } from './audit-table.ts'
import { signOf } from './sign-transactions.ts'

/** Who caused a change. `system` is Standin's own work, by the part that did it. */
export interface Actor {
  kind: 'trackunit' | 'user' | 'service' | 'operator' | 'schedule' | 'system'
  id: string
  /** Of a person as their token has it, of a service; of a schedule, who made it. */
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

/**
 * Leaves the row of a change in the transaction of that change: both are there, or neither. It is signed at once, and
 * put into a chain once it is committed.
 */
export async function record(tx: Transaction, entry: AuditEntry): Promise<void> {
  await tx.insert(auditEntries).values(auditRow(tx, entry))
}

/**
 * The same as the end of a statement, for changes of which there are many: leaves the row where `changed`, which the
 * statement has called a change of one row that returns something, has changed it.
 */
export function recordWhere(changed: SQL, db: Database, entry: AuditEntry): SQL {
  const { actorKind, actorId, actorName, event, accountId, generation, details, ...signed } = auditRow(db, entry)
  const at = signed.at?.toISOString() ?? null
  return sql`insert into ${auditEntries}
    (actor_kind, actor_id, actor_name, event, account_id, generation, details, entry_id, at, kid, entry_mac)
    select ${actorKind}, ${actorId}, ${actorName}::text, ${event}, ${accountId}::uuid, ${generation}::int,
      ${JSON.stringify(details)}::jsonb, ${signed.entryId ?? null}::uuid, coalesce(${at}::timestamptz, now()),
      ${signed.kid ?? null}::text, ${signed.entryMac ?? null}::text
    from ${changed}`
}

/** The row of a change, signed, for whoever writes several in one statement. */
export function auditRow(db: Database, { actor, event, accountId, generation, details = {} }: AuditEntry) {
  const row = {
    actorKind: actor.kind,
    actorId: actor.id,
    actorName: actor.name ?? null,
    event,
    accountId: accountId ?? null,
    generation: generation ?? null,
    details,
  }
  return { ...row, ...signOf(db)?.(row) }
}
