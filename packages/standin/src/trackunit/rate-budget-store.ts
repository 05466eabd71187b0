import { and, asc, eq, lt, sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { Database } from '../database/database.ts'
import { isAmong } from '../database/is-among.ts'
import { insertionOf } from '../database/many-rows.ts'
import type { BudgetState } from './rate-budget.ts'
import { rateBudgets } from './rate-budget-table.ts'
import { graphqlKeyOf } from './rate-rules.ts'

interface Key {
  key: string
  accountId: string | null
}

/**
 * Changes several budgets at once, locked. Keys are locked in their order: an account's before the one over all accounts,
 * which every request needs.
 * @param change returns the new states by key; without any, nothing is taken
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
        .where(isAmong(rateBudgets.key, names))
        .orderBy(asc(rateBudgets.key))
        .for('update')
      if (rows.length < keys.length) return undefined
      // The clock was read before the last lock was granted: the latest is closest to now.
      const nowMs = Math.max(...rows.map((row) => row.nowMs))
      const { next, result } = change(new Map(rows.map(({ key, state }) => [key, state])), nowMs)
      for (const [key, state] of next ?? [])
        await tx.update(rateBudgets).set({ state, updatedAt: sql`now()` }).where(eq(rateBudgets.key, key))
      return { result }
    })
    if (changed) return changed.result
    // Outside the transaction: inserting a row that another one inserts too, with a lock held, could deadlock.
    const missing = keys
      .map(({ key, accountId }) => ({ key, accountId, state: {} }))
      .toSorted((one, other) => (one.key < other.key ? -1 : 1))
    await db.execute(sql`${insertionOf(rateBudgets, missing)} on conflict do nothing`)
  }
}

/**
 * Whether Trackunit refused GraphQL on an account at the last request, at most a day ago: plans change, and an account
 * with a better one must be able to find out.
 */
export async function isGraphqlRefused(db: Database, accountId: string): Promise<boolean> {
  const sinceMs = sql`extract(epoch from now() - interval '1 day') * 1000`
  const isRecent = sql`(${rateBudgets.state} ->> 'refusedAtMs')::float8 > ${sinceMs}`
  return (await db.$count(rateBudgets, and(eq(rateBudgets.key, graphqlKeyOf(accountId)), isRecent))) > 0
}

/** Lets actions that need GraphQL be started again, without waiting for the day to pass. The budget itself stays. */
export async function forgetGraphqlRefusal(db: Database, accountId: string): Promise<void> {
  await db
    .update(rateBudgets)
    .set({ state: sql`${rateBudgets.state} - 'refusedAtMs'` })
    .where(eq(rateBudgets.key, graphqlKeyOf(accountId)))
}

/** Deletes budgets that no limit needs, once all their windows have passed. */
export async function sweepBudgets({ db }: Context): Promise<boolean> {
  await db.delete(rateBudgets).where(lt(rateBudgets.updatedAt, sql`now() - interval '32 days'`))
  return false
}
