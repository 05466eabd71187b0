import { not, sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { isReplicaAlive } from '../database/replica-store.ts'
import { encryptionKeyReaders } from './key-reader-table.ts'

/** The keys of one replica. */
export interface KeyReader {
  replicaId: number
  writes: string
  reads: readonly string[]
}

/** Records which keys a replica has, and deletes the rows of replicas that are gone. */
export async function saveKeyReader(db: Database, { replicaId, writes, reads }: KeyReader): Promise<void> {
  await db.delete(encryptionKeyReaders).where(not(isReplicaAlive(encryptionKeyReaders.replicaId)))
  const row = { writes, reads: [...reads] }
  await db
    .insert(encryptionKeyReaders)
    .values({ replicaId, ...row })
    .onConflictDoUpdate({ target: encryptionKeyReaders.replicaId, set: row })
}

/** The keys of every running replica. */
export async function liveKeyReaders(db: Database): Promise<KeyReader[]> {
  return db
    .select()
    .from(encryptionKeyReaders)
    .where(sql`${isReplicaAlive(encryptionKeyReaders.replicaId)}`)
}
