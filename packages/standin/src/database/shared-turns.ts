import { eq, sql } from 'drizzle-orm'
import type { Database } from './database.ts'
import { createGroupWriter } from './group-writer.ts'
import { nextTurn, type Turn } from './next-turn.ts'
import { sharedTurns } from './shared-turns-table.ts'

export interface SharedTurns {
  /** The next turn of a rate over all accounts and replicas. */
  take(patienceMs: number): Promise<Turn>
}

/**
 * A rate that all replicas share. A replica takes all turns that its callers wait for in one short transaction, while the next
 * callers gather. So the row is locked once for many turns, and never by an account's transaction.
 */
export function createSharedTurns(
  { db }: { db: Database },
  { name, perSecond }: { name: string; perSecond: number },
): SharedTurns {
  const take = createGroupWriter<number, Turn>({
    write: (patiences) => takeShare(db, name, { perSecond, patiences }),
  })
  return { take }
}

/** @returns a turn for each caller that waits, in order */
async function takeShare(
  db: Database,
  name: string,
  { perSecond, patiences }: { perSecond: number; patiences: readonly number[] },
): Promise<Turn[]> {
  const isThis = eq(sharedTurns.name, name)
  for (;;) {
    const taken = await db.transaction(async (tx) => {
      const [row] = await tx.select().from(sharedTurns).where(isThis).for('update')
      if (!row) return undefined
      // A separate statement: the clock is read after the lock is granted.
      const [clock] = await tx.execute<{ ms: number }>(
        sql`select extract(epoch from clock_timestamp())::float8 * 1000 as ms`,
      )
      let { nextAtMs } = row
      const turns = patiences.map((patienceMs): Turn => {
        const turn = nextTurn(nextAtMs, { perSecond, patienceMs }, clock?.ms ?? 0)
        if ('refusedForMs' in turn) return turn
        nextAtMs = turn.nextAtMs
        return { inMs: turn.inMs }
      })
      if (nextAtMs !== row.nextAtMs) await tx.update(sharedTurns).set({ nextAtMs }).where(isThis)
      return turns
    })
    if (taken) return taken
    await db.insert(sharedTurns).values({ name, nextAtMs: 0 }).onConflictDoNothing()
  }
}
