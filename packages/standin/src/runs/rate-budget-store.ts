import { asc, inArray, lt, sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import type { BudgetState } from './rate-budget.ts'
import { rateBudgets } from './rate-budget-table.ts'

interface Key {
  key: string
  accountId: string | null
}

/**
 * Changes some budgets at once, while nobody else can. Keys are locked in their order, the account's before the one over
 * all, which everybody wants.
 * @param change returns the new states by key; none: nothing was taken
 */
export async function changeBudgets<Result>(
  db: Database,
  keys: readonly Key[],
  change: (
    states: ReadonlyMap<string, BudgetState>,
    nowMs: number,
  ) => { next?: ReadonlyMap<string, BudgetState>; result: Result },
): Promise<Result> {
  const names = keys.map(({ key }) => key)
  return db.transaction(async (tx) => {
    const read = () =>
      tx
        .select({
          key: rateBudgets.key,
          state: rateBudgets.state,
          nowMs: sql<number>`(extract(epoch from clock_timestamp()) * 1000)::float8`,
        })
        .from(rateBudgets)
        .where(inArray(rateBudgets.key, names))
        .orderBy(asc(rateBudgets.key))
        .for('update')
    let rows = await read()
    if (rows.length < keys.length) {
      const missing = keys.filter(({ key }) => rows.every((row) => row.key !== key))
      await tx
        .insert(rateBudgets)
        .values(missing.map((each) => ({ ...each, state: {} })))
        .onConflictDoNothing()
      rows = await read()
    }
    // The clock was read before the last lock was had: the latest is nearest to now.
    const nowMs = Math.max(...rows.map((row) => row.nowMs))
    const { next, result } = change(new Map(rows.map(({ key, state }) => [key, state])), nowMs)
    for (const [key, state] of next ?? []) {
      await tx.update(rateBudgets).set({ state, updatedAt: sql`now()` }).where(sql`${rateBudgets.key} = ${key}`)
    }
    return result
  })
}

/** Forgets what no limit looks at any more. */
export async function sweepBudgets(db: Database): Promise<void> {
  await db.delete(rateBudgets).where(lt(rateBudgets.updatedAt, sql`now() - interval '32 days'`))
}
