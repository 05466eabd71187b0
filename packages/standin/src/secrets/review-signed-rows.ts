import { hourMs } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { Logger } from '../observability/logger.ts'
import { replaceMac, type SignedTable, signedPages } from './signed-row-store.ts'
import type { SignedRows } from './signed-rows.ts'

interface ReviewContext {
  db: Database
  signedRows: SignedRows
}

/** Rows without a valid signature: how many, and the first ones by table and id. */
export interface ForgedRows {
  count: number
  first: string[]
}

const mostNamed = 5

/**
 * Checks every signed row.
 * @param tables of `signedTables`
 */
export async function findForgedRows(
  { db, signedRows }: ReviewContext,
  tables: readonly SignedTable[],
): Promise<ForgedRows> {
  const found: ForgedRows = { count: 0, first: [] }
  for (const { table, kind } of tables)
    for await (const page of signedPages(db, table))
      for (const { row } of page) {
        if (signedRows.isSigned(kind, row)) continue
        if (found.count++ < mostNamed) found.first.push(`${kind.name} ${kind.idOf(row)}`)
      }
  return found
}

/**
 * Signs again what an older audit key signed, so that the key can be removed. Rows without a valid signature stay as they
 * are.
 * @returns in how many milliseconds to look again, after rows were signed: a server of before may still sign with the older key.
 * False when there were none
 */
export async function signAgain(
  { db, signedRows, log }: ReviewContext & { log: Pick<Logger, 'info'> },
  tables: readonly SignedTable[],
): Promise<number | false> {
  if (signedRows.kids.length === 1) return false // A row of any other key has no valid signature.
  let signed = 0
  for (const { table, kind } of tables)
    for await (const page of signedPages(db, table, { but: signedRows.kid }))
      for (const stored of page) {
        if (!signedRows.isSigned(kind, stored.row)) continue
        await replaceMac(db, table, stored, signedRows.sign(kind, stored.row))
        signed++
      }
  if (signed === 0) return false
  log.info({ signed }, 'rows that an older audit key signed are signed again')
  return hourMs
}
