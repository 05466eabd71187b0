import { inArray } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { encryptionKeys } from './encryption-key-table.ts'

export interface KnownKey {
  kid: string
  fingerprint: string
}

export const listEncryptionKeys = (db: Database): Promise<KnownKey[]> => db.select().from(encryptionKeys)

export async function saveEncryptionKey(db: Database, key: KnownKey): Promise<void> {
  await db.insert(encryptionKeys).values(key).onConflictDoNothing()
}

export async function forgetEncryptionKeys(db: Database, kids: readonly string[]): Promise<void> {
  await db.delete(encryptionKeys).where(inArray(encryptionKeys.kid, [...kids]))
}
