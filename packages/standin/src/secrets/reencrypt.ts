import type { Database } from '../database/database.ts'
import { sealedColumns } from './sealed-columns.ts'
import { replaceSealed, sealedPages } from './sealed-value-store.ts'
import { keyIdOf, type Vault } from './vault.ts'

export interface Reencrypted {
  /** Values that the writing key has sealed anew. */
  resealed: number
  /** Values that no key of the ring opens; they stay as they are. */
  unreadable: number
}

/** Values that are sealed anew at the same time. */
const atOnce = 8

/**
 * Seals every value anew with the key that writes, while the server works. What was done stays done: stopped half-way,
 * by its signal or by a crash, it begins again where values of other keys are left.
 */
export async function reencrypt({
  db,
  vault,
  writing,
  signal,
}: {
  db: Database
  vault: Vault
  /** The key that writes. */
  writing: string
  signal?: AbortSignal
}): Promise<Reencrypted> {
  const done = { resealed: 0, unreadable: 0 }
  for (const column of sealedColumns) {
    for await (const page of sealedPages(db, column)) {
      const old = page.filter(({ sealed }) => keyIdOf(sealed) !== writing)
      for (let begin = 0; begin < old.length; begin += atOnce) {
        if (signal?.aborted) return done
        await Promise.all(
          old.slice(begin, begin + atOnce).map(async (row) => {
            const by = await vault.reseal(row.sealed).catch(() => undefined)
            if (by === undefined) done.unreadable++
            else if (await replaceSealed(db, column, { ...row, by })) done.resealed++
          }),
        )
      }
    }
  }
  return done
}
