import type { Transaction } from '../database/database.ts'
import { auditEntries } from './audit-table.ts'

/** Who caused a change. `system` is Standin's own work, by the part that did it. */
export interface Actor {
  kind: 'trackunit' | 'user' | 'service' | 'operator' | 'schedule' | 'system'
  id: string
}

export interface AuditEntry {
  actor: Actor
  /** What happened, as noun and past verb: `credentials.proven`. */
  event: string
  accountId?: string
  generation?: number
  /** Names, ids, scopes, fingerprints. Never a secret, never a token. */
  details?: Record<string, unknown>
}

/** Leaves the row of a change in the transaction of that change: both are there, or neither. */
export async function record(
  tx: Transaction,
  { actor, event, accountId, generation, details = {} }: AuditEntry,
): Promise<void> {
  await tx
    .insert(auditEntries)
    .values({ actorKind: actor.kind, actorId: actor.id, event, accountId, generation, details })
}
