import { and, eq, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import { runEffects } from './run-effect-table.ts'

export type EffectRow = typeof runEffects.$inferSelect

/** Writes that a change is meant, or finds what became of it: `isNew` says that nobody has tried it yet. */
export async function meanEffect(
  tx: Transaction,
  effect: { changeSetId: string; key: string; runId: string; description: string },
): Promise<{ row: EffectRow; isNew: boolean }> {
  const [inserted] = await tx
    .insert(runEffects)
    .values({ ...effect, state: 'meant' })
    .onConflictDoNothing()
    .returning()
  if (inserted) return { row: inserted, isNew: true }
  const [row] = await tx.select().from(runEffects).where(isOne(effect)).for('update')
  if (!row) throw new Error('a conflict on the key that is not there')
  return { row, isNew: false }
}

/** Writes that a change is meant once more: it did not happen before. */
export async function meanEffectAgain(
  tx: Transaction,
  effect: { changeSetId: string; key: string; runId: string },
): Promise<void> {
  await tx
    .update(runEffects)
    .set({ state: 'meant', runId: effect.runId, reason: null, outcome: null, endedAt: null, meantAt: sql`now()` })
    .where(isOne(effect))
}

/** Writes how a change ended, while it is still meant: what another worker wrote of it stays. */
export async function endEffect(
  db: Database,
  effect: { changeSetId: string; key: string },
  outcome: Pick<EffectRow, 'state'> & Partial<Pick<EffectRow, 'outcome' | 'reason'>>,
): Promise<void> {
  await db
    .update(runEffects)
    .set({ ...outcome, endedAt: sql`now()` })
    .where(and(isOne(effect), eq(runEffects.state, 'meant')))
}

const isOne = ({ changeSetId, key }: { changeSetId: string; key: string }) =>
  and(eq(runEffects.changeSetId, changeSetId), eq(runEffects.key, key))
