import { and, asc, desc, eq, notInArray, sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { insertionOf } from '../database/rows/many-rows.ts'
import { observedTokens } from './observed-token-table.ts'

export interface ObservedToken {
  kind: 'algorithm' | 'issuer' | 'audience' | 'claim'
  value: string
  /** For a claim, the kind of value that it has. */
  form: string
  count: number
  lastAt: Date
}

const mostOfKind = 50
const kinds = ['algorithm', 'issuer', 'audience', 'claim'] as const

/** Adds to what was seen; keeps the fifty most frequent of each kind. */
export async function saveObservedTokens(db: Database, observed: readonly ObservedToken[]): Promise<void> {
  const inOrder = observed.toSorted((one, other) => (orderOf(one) < orderOf(other) ? -1 : 1))
  await db.transaction(async (tx) => {
    await tx.execute(sql`
      ${insertionOf(observedTokens, inOrder)} on conflict (kind, value, form)
      do update set count = ${observedTokens}.count + excluded.count, last_at = excluded.last_at`)
    for (const kind of kinds) {
      const isOfKind = eq(observedTokens.kind, kind)
      const identity = sql<string>`${observedTokens.value} || chr(10) || ${observedTokens.form}`
      const frequent = tx
        .select({ identity })
        .from(observedTokens)
        .where(isOfKind)
        .orderBy(desc(observedTokens.count), asc(observedTokens.lastAt)) // The newest are dropped first: they may be a flood.
        .limit(mostOfKind)
      await tx.delete(observedTokens).where(and(isOfKind, notInArray(identity, frequent)))
    }
  })
}

export async function listObservedTokens(db: Database): Promise<ObservedToken[]> {
  return db.select().from(observedTokens).orderBy(asc(observedTokens.kind), desc(observedTokens.count))
}

/** Two replicas that write the same rows lock them in the same order: no deadlock. */
const orderOf = ({ kind, value, form }: ObservedToken) => JSON.stringify([kind, value, form])
