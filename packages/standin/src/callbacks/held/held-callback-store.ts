import { and, asc, count, desc, eq, inArray, lt, type SQL, sql } from 'drizzle-orm'
import { advisoryLocks } from '../../database/advisory-locks.ts'
import type { Database, Transaction } from '../../database/database.ts'
import { heldCallbacks } from './held-callback-table.ts'
import type { HeldLimits, HeldState } from './held-limits.ts'

export type HeldCallback = typeof heldCallbacks.$inferSelect

/**
 * Stores within the limits: rows that are too old are deleted, and a JWT with its share of rows gets no more. When the
 * table is full, the most frequent sender's newest row is deleted, which may be this one.
 * @returns whether it is stored, now or since an earlier call
 */
export async function insertHeld(
  db: Database,
  row: typeof heldCallbacks.$inferInsert,
  { rows, perIdentity, maxAgeMs }: HeldLimits,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    // Inserts happen one after the other, so that the limits are exact.
    await tx.execute(sql`select pg_advisory_xact_lock(${advisoryLocks.heldCallbacks})`)
    await deleteOlderHeld(tx, row.state, new Date(row.receivedAt.getTime() - maxAgeMs))
    const known = await tx
      .select({ id: heldCallbacks.id, state: heldCallbacks.state, contentDigest: heldCallbacks.contentDigest })
      .from(heldCallbacks)
      .where(eq(heldCallbacks.identityDigest, row.identityDigest))
    const same = known.find(({ contentDigest }) => contentDigest === row.contentDigest)
    if (same?.state === 'held' || same?.state === row.state) return true
    if (same)
      await deleteHeld(tx, same.id) // It was unverified, and is verified now.
    else if (known.length >= perIdentity) return false

    await tx.insert(heldCallbacks).values(row)
    const deleted = await deleteExcess(tx, row.state, rows)
    return !deleted.includes(row.id)
  })
}

/** Deletes first from the JWT with the most rows, then from the address with the most. @returns the ids */
async function deleteExcess(tx: Transaction, state: HeldState, most: number): Promise<string[]> {
  const isOfState = eq(heldCallbacks.state, state)
  const [{ rows } = { rows: 0 }] = await tx.select({ rows: count() }).from(heldCallbacks).where(isOfState)
  if (rows <= most) return []
  const ofIdentity = sql`count(*) over (partition by ${heldCallbacks.identityDigest})`
  const ofAddress = sql`count(*) over (partition by ${heldCallbacks.address})`
  // A sender can invent a new unverified JWT each time, but not a new address.
  const frequency: SQL[] = state === 'held' ? [ofIdentity, ofAddress] : [ofAddress, ofIdentity]
  const excess = tx
    .select({ id: heldCallbacks.id })
    .from(heldCallbacks)
    .where(isOfState)
    .orderBy(...frequency.map((each) => desc(each)), desc(heldCallbacks.receivedAt), desc(heldCallbacks.id))
    .limit(rows - most)
  const deleted = await tx.delete(heldCallbacks).where(inArray(heldCallbacks.id, excess)).returning()
  return deleted.map(({ id }) => id)
}

/** The oldest first. */
export async function listHeld(
  db: Database,
  { state, limit }: { state?: HeldState; limit: number },
): Promise<HeldCallback[]> {
  const isOfState = state && eq(heldCallbacks.state, state)
  return db.select().from(heldCallbacks).where(isOfState).orderBy(asc(heldCallbacks.receivedAt)).limit(limit)
}

/** 0 while a callback waits to be verified. */
export const unverifiedDue = sql`select 0 where exists (select from ${heldCallbacks} where state = 'unverified')`

export async function findHeld(db: Database, id: string): Promise<HeldCallback | undefined> {
  const [row] = await db.select().from(heldCallbacks).where(eq(heldCallbacks.id, id))
  return row
}

export async function deleteHeld(db: Database, id: string): Promise<void> {
  await db.delete(heldCallbacks).where(eq(heldCallbacks.id, id))
}

export async function deleteOlderHeld(db: Database, state: HeldState, before: Date): Promise<void> {
  await db.delete(heldCallbacks).where(and(eq(heldCallbacks.state, state), lt(heldCallbacks.receivedAt, before)))
}

/** Held and unverified ones. */
export const countHeld = (db: Database): Promise<number> => db.$count(heldCallbacks)
