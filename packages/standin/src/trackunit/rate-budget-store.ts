import { and, asc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import type { BudgetState } from './rate-budget.ts'
import { rateBudgets } from './rate-budget-table.ts'
import { graphqlKeyOf } from './rate-rules.ts'

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
  for (;;) {
    const changed = await db.transaction(async (tx) => {
      const rows = await tx
        .select({
          key: rateBudgets.key,
          state: rateBudgets.state,
          nowMs: sql<number>`(extract(epoch from clock_timestamp()) * 1000)::float8`,
        })
        .from(rateBudgets)
        .where(inArray(rateBudgets.key, names))
        .orderBy(asc(rateBudgets.key))
        .for('update')
      if (rows.length < keys.length) return undefined
      // The clock was read before the last lock was had: the latest is nearest to now.
      const nowMs = Math.max(...rows.map((row) => row.nowMs))
      const { next, result } = change(new Map(rows.map(({ key, state }) => [key, state])), nowMs)
      for (const [key, state] of next ?? [])
        await tx.update(rateBudgets).set({ state, updatedAt: sql`now()` }).where(eq(rateBudgets.key, key))
      return { result }
    })
    if (changed) return changed.result
    // Not while a lock is held: who has one and waits for the other's new row would be a deadlock.
    const missing = keys
      .map((each) => ({ ...each, state: {} }))
      .toSorted((one, other) => (one.key < other.key ? -1 : 1))
    await db.insert(rateBudgets).values(missing).onConflictDoNothing()
  }
}

/**
 * Whether Trackunit refused GraphQL on an account when it was asked last, and that is no longer ago than a day: plans
 * change, and whoever has a better one now must be able to find out.
 */
export async function isGraphqlRefused(db: Database, accountId: string): Promise<boolean> {
  const sinceMs = sql`extract(epoch from now() - interval '1 day') * 1000`
  const isRecent = sql`(${rateBudgets.state} ->> 'refusedAtMs')::float8 > ${sinceMs}`
  return (await db.$count(rateBudgets, and(eq(rateBudgets.key, graphqlKeyOf(accountId)), isRecent))) > 0
}

/** Forgets what no limit looks at any more. */
export async function sweepBudgets(db: Database): Promise<boolean> {
  await db.delete(rateBudgets).where(lt(rateBudgets.updatedAt, sql`now() - interval '32 days'`))
  return false
}
