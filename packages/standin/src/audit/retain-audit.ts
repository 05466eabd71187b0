import { type AuditMacs, chainBegin } from './audit-mac.ts'
import {
  type AuditRow,
  dropRows,
  findCheckpoint,
  isChained,
  listWriters,
  type Place,
  readChain,
  setCheckpoint,
} from './chain-store.ts'
import { type RetainContext, retainHandOuts } from './retain-hand-outs.ts'

/**
 * Drops the oldest entries of each chain of changes, up to the first that is younger than `before`, and leaves a signed
 * checkpoint from which the rest can still be verified. An entry that is not what was signed stays, with all after it:
 * dropping it would remove the evidence, and its time may be a lie. Hand-outs go by the month.
 * @param atOnce rows per transaction: a year's worth in one would take long
 * @returns how many entries were dropped
 */
export async function retainAudit(
  ctx: RetainContext,
  before: Date,
  { atOnce = 5_000 }: { atOnce?: number } = {},
): Promise<number> {
  let dropped = await retainHandOuts(ctx, before)
  for (const writer of await listWriters(ctx.db)) {
    for (let mayBeMore = true; mayBeMore; ) {
      const some = await dropSome(ctx, writer, { before, atOnce })
      dropped += some.dropped
      mayBeMore = some.mayBeMore
    }
  }
  return dropped
}

async function dropSome(
  { db, audit: { macs }, log }: RetainContext,
  writer: string,
  { before, atOnce }: { before: Date; atOnce: number },
): Promise<{ dropped: number; mayBeMore: boolean }> {
  const [oldest] = await readChain(db, { writer, seq: 0 }, 1)
  if (!oldest || oldest.at >= before) return { dropped: 0, mayBeMore: false }
  return db.transaction(async (tx) => {
    const checkpoint = await findCheckpoint(tx, writer)
    const begin = checkpoint ?? { seq: 0, mac: chainBegin }
    const rows = await readChain(tx, { writer, seq: begin.seq }, atOnce)
    const isBeginSigned = !checkpoint || macs.isOfEnd('checkpoint', checkpoint)
    const { last, wrong } = isBeginSigned ? olderRows(macs, rows, { begin, before }) : { last: begin, wrong: begin }
    if (wrong) {
      // Another replica may have dropped rows between the two reads.
      if ((await findCheckpoint(tx, writer))?.seq !== checkpoint?.seq) return { dropped: 0, mayBeMore: true }
      log.error({ writer, seq: wrong.seq }, 'audit entries are kept: one is not what was signed; see `audit verify`')
    }
    if (last.seq === begin.seq) return { dropped: 0, mayBeMore: false }
    // A replica with an earlier limit must not claim that everything another one dropped was as old as that.
    const at = checkpoint && checkpoint.at > before ? checkpoint.at : before
    const end = { writer, seq: last.seq, mac: last.mac, at }
    await setCheckpoint(tx, { ...end, kid: macs.kid, signature: macs.ofEnd('checkpoint', end) })
    return { dropped: await dropRows(tx, { writer, after: begin.seq, upTo: last.seq }), mayBeMore: !wrong }
  })
}

/** How far the rows of a chain are what was signed and older than `before`, and the place that is not as it was signed. */
function olderRows(
  macs: AuditMacs,
  rows: readonly AuditRow[],
  { begin, before }: { begin: Place; before: Date },
): { last: Place; wrong?: { seq: number } } {
  let last = begin
  for (const row of rows) {
    const seq = last.seq + 1
    if (row.writerSeq !== seq || !isChained(macs, row, last.mac)) return { last, wrong: { seq } }
    if (row.at >= before) break
    last = { seq, mac: row.chainMac ?? '' }
  }
  return { last }
}
