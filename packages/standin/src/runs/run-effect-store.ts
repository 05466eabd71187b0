import { and, asc, count, eq, sql } from 'drizzle-orm'
import { type AuditEntry, type Recording, recordWhere } from '../audit/record.ts'
import type { Database, Transaction } from '../database/database.ts'
import { runEffects } from './run-effect-table.ts'
import { isOfRun, type RunKey } from './run-table.ts'

export type EffectRow = typeof runEffects.$inferSelect
export type EffectKey = Pick<EffectRow, 'accountId' | 'changeSetId' | 'key'>

/** Records the intent to make a change, or finds the earlier one; `isNew` if it was not tried before. */
export async function recordIntent(
  tx: Transaction,
  effect: EffectKey & { runId: string; description: string },
): Promise<{ row: EffectRow; isNew: boolean }> {
  const [inserted] = await tx
    .insert(runEffects)
    .values({ ...effect, state: 'meant' })
    .onConflictDoNothing()
    .returning()
  if (inserted) return { row: inserted, isNew: true }
  const [row] = await tx.select().from(runEffects).where(isOne(effect)).for('update')
  if (!row) throw new Error('a conflict on a key that does not exist')
  return { row, isNew: false }
}

/** Records the intent to make a change again, because it was not made. */
export async function recordIntentAgain(tx: Transaction, effect: EffectKey & { runId: string }): Promise<void> {
  await tx
    .update(runEffects)
    .set({ state: 'meant', runId: effect.runId, reason: null, outcome: null, endedAt: null, meantAt: sql`now()` })
    .where(isOne(effect))
}

/**
 * Records how a change ended, if that is not recorded yet: what another worker recorded stays.
 * @param entry its audit entry, written in the same statement
 */
export async function endEffect(
  { db, audit }: Recording & { db: Database },
  effect: EffectKey,
  { state, outcome, reason, entry }: EffectEnd,
): Promise<void> {
  const ended = db
    .update(runEffects)
    .set({ state, outcome: outcome ?? null, reason: reason ?? null, endedAt: sql`now()` })
    .where(and(isOne(effect), eq(runEffects.state, 'meant')))
    .returning({ key: runEffects.key })
  await (entry ? db.execute(sql`with ended as ${ended} ${recordWhere(sql`ended`, { audit }, entry)}`) : ended)
}

interface EffectEnd extends Pick<EffectRow, 'state'>, Partial<Pick<EffectRow, 'outcome' | 'reason'>> {
  entry?: AuditEntry
}

/** How many changes a run was the last to intend, by how they ended. */
export async function countEffects(tx: Transaction, run: RunKey): Promise<Partial<Record<EffectRow['state'], number>>> {
  const rows = await tx
    .select({ state: runEffects.state, count: count() })
    .from(runEffects)
    .where(isOfRun(runEffects, run))
    .groupBy(runEffects.state)
  return Object.fromEntries(rows.map((row) => [row.state, row.count]))
}

/** Every change of a set, and how it ended. */
export async function listEffects(
  db: Database,
  { accountId, changeSetId }: Omit<EffectKey, 'key'>,
): Promise<Array<Pick<EffectRow, 'key' | 'state'>>> {
  return db
    .select({ key: runEffects.key, state: runEffects.state })
    .from(runEffects)
    .where(and(eq(runEffects.accountId, accountId), eq(runEffects.changeSetId, changeSetId)))
}

/** Changes of a run whose outcome is unknown: those that were under way at once. */
export async function listUnknownEffects(tx: Transaction, run: RunKey, limit: number): Promise<EffectRow[]> {
  return tx
    .select()
    .from(runEffects)
    .where(and(isOfRun(runEffects, run), eq(runEffects.state, 'meant')))
    .orderBy(asc(runEffects.meantAt))
    .limit(limit)
}

const isOne = ({ accountId, changeSetId, key }: EffectKey) =>
  and(eq(runEffects.accountId, accountId), eq(runEffects.changeSetId, changeSetId), eq(runEffects.key, key))
