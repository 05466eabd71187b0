import type { ErrorReason } from '@standin/contracts'
import { type AuditEntry, record } from '../audit/record.ts'
import type { Transaction } from '../database/database.ts'
import { countEffects, type EffectRow, listMeantEffects } from './run-effect-store.ts'
import type { RunRow } from './run-store.ts'

/** An action that has more changes under way at once is not worth a longer transaction. */
const unknownAtMost = 100

/** The audit row of one change, in the name of whoever started its run. */
export function entryOfChange(
  run: Pick<RunRow, 'id' | 'accountId' | 'actionId' | 'startedBy'>,
  event: 'change.made' | 'change.refused' | 'change.unknown',
  { key, description, reason }: Pick<EffectRow, 'key' | 'description'> & { reason?: ErrorReason | null },
): AuditEntry {
  const { id: runId, accountId, actionId, startedBy } = run
  const change = { key: key.slice(0, 200), description: description.slice(0, 200) }
  return { actor: startedBy, event, accountId, details: { runId, actionId, ...change, ...(reason && { reason }) } }
}

/** What a run that ends leaves in the audit of its changes: a row for each that may have happened, and one for all. */
export async function tellChanges(tx: Transaction, run: RunRow): Promise<void> {
  const { done = 0, refused = 0, meant = 0 } = await countEffects(tx, run.id)
  if (done + refused + meant === 0) return
  if (meant > 0) {
    for (const effect of await listMeantEffects(tx, run.id, unknownAtMost))
      await record(tx, entryOfChange(run, 'change.unknown', effect))
  }
  const { id: runId, accountId, actionId, startedBy } = run
  const details = { runId, actionId, made: done, refused, unknown: meant }
  await record(tx, { actor: startedBy, event: 'run.changed', accountId, details })
}
