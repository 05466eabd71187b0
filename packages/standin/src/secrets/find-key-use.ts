import type { KeyRing } from '../config/key-ring.ts'
import type { Database } from '../database/database.ts'
import { liveKeyReaders } from './key-reader-store.ts'
import type { KeyUse } from './key-use.ts'
import { sealedColumns } from './sealed-columns.ts'
import { sealedPages } from './sealed-value-store.ts'
import { keyIdOf } from './vault.ts'

/** Counted in one snapshot: a row that moves while it is counted is not missed. */
export async function findKeyUse(db: Database, ring: KeyRing): Promise<KeyUse> {
  return db.transaction(
    async (tx) => {
      const rows = new Map<string, number>()
      for (const column of sealedColumns)
        for await (const page of sealedPages(tx, column))
          for (const { sealed } of page) {
            const kid = keyIdOf(sealed) ?? ''
            rows.set(kid, (rows.get(kid) ?? 0) + 1)
          }
      return { ring, rows, readers: await liveKeyReaders(tx) }
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )
}
