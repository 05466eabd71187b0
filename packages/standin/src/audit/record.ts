import type { Transaction } from '../database/database.ts'
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
export async function record(
  tx: Transaction,
  { actor, event, accountId, generation, details = {} }: AuditEntry,
): Promise<void> {
  const row = {
    actorKind: actor.kind,
    actorId: actor.id,
    actorName: actor.name ?? null,
    event,
    accountId: accountId ?? null,
    generation: generation ?? null,
    details,
  }
  await tx.insert(auditEntries).values({ ...row, ...signOf(tx)?.(row) })
}
