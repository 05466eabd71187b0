import { and, asc, count, desc, eq, inArray, lt, type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../../database/database.ts'
import type { HeldBounds, HeldState } from './held-bounds.ts'
import { heldCallbacks } from './held-callback-table.ts'

export type HeldCallback = typeof heldCallbacks.$inferSelect

/** One at a time writes here, so that the bounds are exact. Any number, the same in every replica. */
const heldLock = 7_261_004

/**
 * Stores within the bounds: what is too old goes; a JWT that brought its share brings no more; when there is no room
 * the most frequent sender's newest gives way, which may be this one.
 * @returns whether it is stored, now or since before
 */
export async function insertHeld(
  db: Database,
  row: typeof heldCallbacks.$inferInsert,
  { atMost, perIdentity, maxAgeMs }: HeldBounds,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${heldLock})`)
    const isOfState = eq(heldCallbacks.state, row.state)
    await tx
      .delete(heldCallbacks)
      .where(and(isOfState, lt(heldCallbacks.receivedAt, new Date(row.receivedAt.getTime() - maxAgeMs))))
    const known = await tx
      .select({ id: heldCallbacks.id, state: heldCallbacks.state, contentDigest: heldCallbacks.contentDigest })
      .from(heldCallbacks)
      .where(eq(heldCallbacks.identityDigest, row.identityDigest))
    const same = known.find(({ contentDigest }) => contentDigest === row.contentDigest)
    if (same?.state === 'held' || same?.state === row.state) return true
    if (same)
      await deleteHeld(tx, same.id) // It could not be verified, and now was.
    else if (known.length >= perIdentity) return false

    await tx.insert(heldCallbacks).values(row)
    const gone = await makeRoom(tx, isOfState, { atMost, state: row.state })
    return !gone.includes(row.id)
  })
}

/** Whoever sends under one JWT again and again gives way first, then whoever sends much from one address. */
async function makeRoom(
  tx: Transaction,
  isOfState: SQL,
  { atMost, state }: { atMost: number; state: HeldState },
): Promise<string[]> {
  const [{ rows } = { rows: 0 }] = await tx.select({ rows: count() }).from(heldCallbacks).where(isOfState)
  if (rows <= atMost) return []
  const ofIdentity = sql`count(*) over (partition by ${heldCallbacks.identityDigest})`
  const ofAddress = sql`count(*) over (partition by ${heldCallbacks.address})`
  // A JWT that nobody verified may be another one each time.
  const frequency = state === 'held' ? [ofIdentity, ofAddress] : [ofAddress, ofIdentity]
  const givesWay = tx
    .select({ id: heldCallbacks.id })
    .from(heldCallbacks)
    .where(isOfState)
    .orderBy(...frequency.map((each) => desc(each)), desc(heldCallbacks.receivedAt), desc(heldCallbacks.id))
    .limit(rows - atMost)
  const gone = await tx.delete(heldCallbacks).where(inArray(heldCallbacks.id, givesWay)).returning()
  return gone.map(({ id }) => id)
}

export async function listHeld(
  db: Database,
  { state, limit }: { state?: HeldState; limit: number },
): Promise<HeldCallback[]> {
  return db
    .select()
    .from(heldCallbacks)
    .where(state && eq(heldCallbacks.state, state))
    .orderBy(asc(heldCallbacks.receivedAt))
    .limit(limit)
}

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
