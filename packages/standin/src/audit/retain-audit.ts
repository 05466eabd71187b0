import type { Database } from '../database/database.ts'
import type { Audit } from './audit.ts'
import { dropRows, findLastOlder, listWriters, setCheckpoint } from './chain-store.ts'

/**
 * Drops each chain's oldest entries, up to the first that is younger than `before`, and leaves a signed checkpoint from
 * which the rest can still be verified.
 * @param atOnce rows per transaction: a year's worth in one would take long
 * @returns how many rows were dropped
 */
export async function retainAudit(
  ctx: { db: Database; audit: Pick<Audit, 'macs'> },
  before: Date,
  { atOnce = 5_000 }: { atOnce?: number } = {},
): Promise<number> {
  let dropped = 0
  for (const writer of await listWriters(ctx.db)) {
    let some: number | undefined
    do {
      some = await dropSome(ctx, writer, { before, atOnce })
      dropped += some ?? 0
    } while (some !== undefined)
  }
  return dropped
}

/** @returns how many rows went; undefined when no older ones are left */
function dropSome(
  { db, audit: { macs } }: { db: Database; audit: Pick<Audit, 'macs'> },
  writer: string,
  { before, atOnce }: { before: Date; atOnce: number },
): Promise<number | undefined> {
  return db.transaction(async (tx) => {
    const last = await findLastOlder(tx, writer, { before, among: atOnce })
    if (!last) return undefined
    const place = { writer, seq: last.seq }
    const signature = macs.ofEnd('checkpoint', place, last.mac)
    await setCheckpoint(tx, { ...place, mac: last.mac, kid: macs.kid, signature })
    return dropRows(tx, place)
  })
}
