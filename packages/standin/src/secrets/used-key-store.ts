import { and, eq, inArray } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { usedKeys } from './used-key-table.ts'

export type UsedKey = typeof usedKeys.$inferSelect

export const listUsedKeys = (db: Database): Promise<UsedKey[]> => db.select().from(usedKeys)

export async function saveUsedKey(db: Database, key: UsedKey): Promise<void> {
  await db.insert(usedKeys).values(key).onConflictDoNothing()
}

export async function forgetUsedKeys(db: Database, ring: UsedKey['ring'], kids: readonly string[]): Promise<void> {
  await db.delete(usedKeys).where(and(eq(usedKeys.ring, ring), inArray(usedKeys.kid, [...kids])))
}
