import type { ListedAuditEntry } from '@standin/contracts'
import { type AuditEvent, kindOf } from '../audit/audit-kinds.ts'
import type { auditEntries } from '../audit/audit-table.ts'
import { detailsOf } from '../audit/hand-out-kind.ts'
import type { handOutKinds } from '../audit/hand-out-table.ts'

export const handOutEvent = 'token.issued' satisfies AuditEvent

/** An entry of the audit, as people see it. */
export function entryOfRow(row: typeof auditEntries.$inferSelect): ListedAuditEntry {
  const { id, at, actorKind, actorId, actorName, event, generation, details } = row
  return {
    id: String(id),
    at: at.toISOString(),
    actor: { kind: actorKind, id: actorId, name: actorName ?? (actorKind === 'service' ? actorId : null) },
    event,
    kind: kindOf(event),
    generation,
    details,
  }
}

type Kind = Pick<typeof handOutKinds.$inferSelect, 'actorKind' | 'actorId' | 'generation'> &
  Parameters<typeof detailsOf>[0]

/** A token that was handed out, or those of one kind that left together. */
export function entryOfHandOut(
  kind: Kind,
  { writer, seq, at }: { writer: string; seq: number; at: Date },
): ListedAuditEntry {
  const { actorKind, actorId, generation } = kind
  return {
    id: `${writer}/${seq}`,
    at: at.toISOString(),
    actor: { kind: actorKind, id: actorId, name: actorKind === 'service' ? actorId : null },
    event: handOutEvent,
    kind: kindOf(handOutEvent),
    generation,
    details: detailsOf(kind),
  }
}
