import { and, asc, count, eq, sql } from 'drizzle-orm'
import { type AuditEntry, recordWhere } from '../audit/record.ts'
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

/**
 * Writes how a change ended, while it is still meant: what another worker wrote of it stays.
 * @param entry its audit row, in the same statement: ten thousand changes cost none of their own
 */
export async function endEffect(
  db: Database,
  effect: { changeSetId: string; key: string },
  { state, outcome, reason, entry }: EffectEnd,
): Promise<void> {
  const ended = db
    .update(runEffects)
    .set({ state, outcome: outcome ?? null, reason: reason ?? null, endedAt: sql`now()` })
    .where(and(isOne(effect), eq(runEffects.state, 'meant')))
    .returning({ key: runEffects.key })
  await (entry ? db.execute(sql`with ended as ${ended} ${recordWhere(sql`ended`, db, entry)}`) : ended)
}

interface EffectEnd extends Pick<EffectRow, 'state'>, Partial<Pick<EffectRow, 'outcome' | 'reason'>> {
  entry?: AuditEntry
}

/** How many changes a run was the last to mean, by how they ended. */
export async function countEffects(
  tx: Transaction,
  runId: string,
): Promise<Partial<Record<EffectRow['state'], number>>> {
  const rows = await tx
    .select({ state: runEffects.state, count: count() })
    .from(runEffects)
    .where(eq(runEffects.runId, runId))
    .groupBy(runEffects.state)
  return Object.fromEntries(rows.map((row) => [row.state, row.count]))
}

/** Every change of a set, and how it ended. */
export async function listEffects(db: Database, changeSetId: string): Promise<Array<Pick<EffectRow, 'key' | 'state'>>> {
  return db
    .select({ key: runEffects.key, state: runEffects.state })
    .from(runEffects)
    .where(eq(runEffects.changeSetId, changeSetId))
}

/** Changes of a run of which nobody knows whether they were made: as many as were under way at once. */
export async function listMeantEffects(tx: Transaction, runId: string, limit: number): Promise<EffectRow[]> {
  return tx
    .select()
    .from(runEffects)
    .where(and(eq(runEffects.runId, runId), eq(runEffects.state, 'meant')))
    .orderBy(asc(runEffects.meantAt))
    .limit(limit)
}

const isOne = ({ changeSetId, key }: { changeSetId: string; key: string }) =>
  and(eq(runEffects.changeSetId, changeSetId), eq(runEffects.key, key))
