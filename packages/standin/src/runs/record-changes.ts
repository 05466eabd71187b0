import type { ErrorReason } from '@standin/contracts'
import { type AuditEntry, record } from '../audit/record.ts'
import type { InTransaction } from '../context.ts'
import { countEffects, type EffectRow, listUnknownEffects } from './run-effect-store.ts'
import type { RunRow } from './run-store.ts'

/** More changes than an action has under way at once. It bounds the transaction. */
const unknownAtMost = 100

/** The audit entry of one change, in the name of the person or service that started its run. */
export function entryOfChange(
  { id: runId, accountId, actionId, startedBy }: Pick<RunRow, 'id' | 'accountId' | 'actionId' | 'startedBy'>,
  event: 'change.made' | 'change.refused' | 'change.unknown',
  { key, description, reason }: Pick<EffectRow, 'key' | 'description'> & { reason?: ErrorReason | null },
): AuditEntry {
  const change = { key: key.slice(0, 200), description: description.slice(0, 200) }
  return { actor: startedBy, event, accountId, details: { runId, actionId, ...change, ...(reason && { reason }) } }
}

/** Records the changes of a run that ends: an entry for each that may have been made, and one for all of them. */
export async function recordChanges(tx: InTransaction, run: RunRow): Promise<void> {
  const { done = 0, refused = 0, meant = 0 } = await countEffects(tx.db, run)
  if (done + refused + meant === 0) return
  if (meant > 0) {
    for (const effect of await listUnknownEffects(tx.db, run, unknownAtMost))
      await record(tx, entryOfChange(run, 'change.unknown', effect))
  }
  const { id: runId, accountId, actionId, startedBy } = run
  const details = { runId, actionId, made: done, refused, unknown: meant }
  await record(tx, { actor: startedBy, event: 'run.changed', accountId, details })
}
