import type { Database } from '../database/database.ts'
import { type AuditMacs, chainBegin } from './audit-mac.ts'
import { dropRows, findLastOlder, listWriters, setCheckpoint } from './chain-store.ts'

/**
 * Drops the rows of each chain that are older than a moment, up to the first that is not, and leaves a signed checkpoint
 * from which the rest is still verified.
 * @returns how many rows were dropped
 */
export async function retainAudit(db: Database, macs: AuditMacs, before: Date): Promise<number> {
  let dropped = 0
  for (const writer of await listWriters(db)) {
    dropped += await db.transaction(async (tx) => {
      const last = await findLastOlder(tx, writer, before)
      if (!last?.writerSeq) return 0
      const place = { writer, seq: last.writerSeq }
      const mac = last.chainMac ?? chainBegin
      await setCheckpoint(tx, { ...place, mac, kid: macs.kid, signature: macs.ofEnd('checkpoint', place, mac) })
      return dropRows(tx, place)
    })
  }
  return dropped
}
