import type { Database } from '../database/database.ts'
import type { AuditMacs } from './audit-mac.ts'
import { dropRows, findLastOlder, listWriters, setCheckpoint } from './chain-store.ts'

/**
 * Drops the rows of each chain that are older than a moment, up to the first that is not, and leaves a signed checkpoint
 * from which the rest is still verified.
 * @param atOnce rows of one transaction: those of a year would be a long one
 * @returns how many rows were dropped
 */
export async function retainAudit(
  db: Database,
  macs: AuditMacs,
  before: Date,
  { atOnce = 5_000 }: { atOnce?: number } = {},
): Promise<number> {
  /** @returns how many went; undefined once all have */
  const dropSome = (writer: string) =>
    db.transaction(async (tx) => {
      const last = await findLastOlder(tx, writer, { before, among: atOnce })
      if (!last) return undefined
      const place = { writer, seq: last.seq }
      const signature = macs.ofEnd('checkpoint', place, last.mac)
      await setCheckpoint(tx, { ...place, mac: last.mac, kid: macs.kid, signature })
      return dropRows(tx, place)
    })

  let dropped = 0
  for (const writer of await listWriters(db))
    for (let some = await dropSome(writer); some !== undefined; some = await dropSome(writer)) dropped += some
  return dropped
}
