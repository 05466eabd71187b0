import type { Config } from '../config/config.ts'
import type { Database } from '../database/database.ts'
import { sealedColumns } from './sealed-columns.ts'
import { replaceSealed, sealedPages } from './sealed-value-store.ts'
import { keyIdOf, type Vault } from './vault.ts'

export interface Reencrypted {
  /** Values that are now sealed with the key that writes. */
  resealed: number
  /** Values that no key of the ring opens; they stay unchanged. */
  unreadable: number
}

/** Values that are sealed at the same time. */
const atOnce = 8

/**
 * Seals every value again with the key that writes, while the server runs. Stopped halfway, by its signal or by a crash,
 * the next call continues with the values that other keys sealed.
 */
export async function reencrypt(
  { db, vault, config }: { db: Database; vault: Vault; config: { keys: Pick<Config['keys'], 'encryption'> } },
  { signal }: { signal?: AbortSignal } = {},
): Promise<Reencrypted> {
  const [{ kid: writing }] = config.keys.encryption
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
