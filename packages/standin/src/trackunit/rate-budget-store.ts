import { and, asc, eq, lt, sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { Database } from '../database/database.ts'
import { isAmong } from '../database/is-among.ts'
import { insertionOf } from '../database/rows/many-rows.ts'
import type { BudgetState } from './rate-budget.ts'
import { rateBudgets } from './rate-budget-table.ts'
import { graphqlKey } from './rate-rules.ts'

/**
 * Changes several budgets of an account at once, locked in the order of their keys.
 * @param change returns the new states by key; without any, nothing changes
 */
export async function changeBudgets<Result>(
  db: Database,
  { accountId, keys }: { accountId: string; keys: readonly string[] },
  change: (
    states: ReadonlyMap<string, BudgetState>,
    nowMs: number,
  ) => { next?: ReadonlyMap<string, BudgetState>; result: Result },
): Promise<Result> {
  const { key: name } = rateBudgets
  const isOfAccount = eq(rateBudgets.accountId, accountId)
  for (;;) {
    const changed = await db.transaction(async (tx) => {
      const rows = await tx
        .select({
          key: name,
          state: rateBudgets.state,
          nowMs: sql<number>`(extract(epoch from clock_timestamp()) * 1000)::float8`,
        })
        .from(rateBudgets)
        .where(and(isOfAccount, isAmong(name, keys)))
        .orderBy(asc(name))
        .for('update')
      if (rows.length < keys.length) return undefined
      // The clock was read before the last lock was granted: the latest is closest to now.
      const nowMs = Math.max(...rows.map((row) => row.nowMs))
      const { next, result } = change(new Map(rows.map(({ key, state }) => [key, state])), nowMs)
      for (const [key, state] of next ?? [])
        await tx
          .update(rateBudgets)
          .set({ state, updatedAt: sql`now()` })
          .where(and(isOfAccount, eq(name, key)))
      return { result }
    })
    if (changed) return changed.result
    // Outside the transaction: two that insert the same row while they hold locks could deadlock.
    const missing = keys.toSorted().map((key) => ({ accountId, key, state: {} }))
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
  return (await db.$count(rateBudgets, and(isGraphql(accountId), isRecent))) > 0
}

/** Lets actions that need GraphQL be started again, without waiting for the day to pass. The budget itself stays. */
export async function forgetGraphqlRefusal(db: Database, accountId: string): Promise<void> {
  await db
    .update(rateBudgets)
    .set({ state: sql`${rateBudgets.state} - 'refusedAtMs'` })
    .where(isGraphql(accountId))
}

const isGraphql = (accountId: string) => and(eq(rateBudgets.accountId, accountId), eq(rateBudgets.key, graphqlKey))

/** Deletes budgets that no limit needs, once all their windows have passed. */
export async function sweepBudgets({ db }: Context): Promise<boolean> {
  await db.delete(rateBudgets).where(lt(rateBudgets.updatedAt, sql`now() - interval '32 days'`))
  return false
}
