import type { Database } from '../database/database.ts'
import type { Logger } from '../observability/logger.ts'
import type { Audit } from './audit.ts'
import { textOf } from './audit-mac.ts'
import { type AuditRow, chainRows, claimUnchained, findEnd, refuseRows, signedPart } from './chain-store.ts'

/** The part of a context that the audit's background loops need. */
export interface AuditContext {
  db: Database
  audit: Audit
  log: Pick<Logger, 'error' | 'info'>
}

const batch = 500

/** Another process has taken over this chain: this one's lease had expired. */
class ChainTaken extends Error {}

/**
 * Puts one batch of committed entries into the chain of changes. Chaining them in their own transactions would make each
 * transaction wait for the one before.
 * @returns whether there may be more
 */
export async function sealEntries(ctx: AuditContext): Promise<boolean> {
  const { macs, slot } = ctx.audit
  const changes = await ctx.audit.changes()
  const isSigned = (row: AuditRow) => macs.isOfEntry(signedPart(row), { kid: row.kid ?? '', mac: row.entryMac ?? '' })
  let committed: Parameters<typeof changes.continueFrom>[0]
  try {
    const rows = await ctx.db.transaction(async (tx) => {
      const rows = await claimUnchained(tx, { kids: macs.kids, limit: batch })
      if (rows.length === 0) return rows
      if (changes.isUnknown()) changes.continueFrom(await findEnd(tx, changes.writer))
      const forged = rows.filter((row) => !isSigned(row)).map(({ id }) => id)
      if (forged.length > 0) {
        ctx.log.error({ ids: forged.slice(0, 20), count: forged.length }, 'audit entries without a valid signature')
        await refuseRows(tx, forged)
      }
      const signed = rows.filter(isSigned)
      if (signed.length > 0) {
        const { writer } = changes
        const { rows: chained, end } = changes.prepare(signed, (row, before) => {
          const seq = before.seq + 1
          return { ...row, seq, mac: macs.ofChain(before.mac, { writer, seq }, textOf(signedPart(row))) }
        })
        const from = changes.known()
        if (!from || !(await chainRows(tx, chained, { end, from }))) throw new ChainTaken()
        committed = end
      }
      return rows
    })
    // Not before the commit: the watch compares this end with the database's, which would look restored.
    if (committed) changes.continueFrom(committed)
    return rows.length === batch
  } catch (error) {
    changes.forget() // Whether the transaction was committed is unknown.
    if (!(error instanceof ChainTaken)) throw error
    slot.lose(changes.writer)
    return true
  }
}

/** Puts everything that is already committed into the chain. */
export async function sealAll(ctx: AuditContext): Promise<void> {
  while (await sealEntries(ctx));
}

/** Logs where this process's chains end: the log shows that a chain existed even after someone deleted all of it. */
export async function logChainHeads({ db, audit, log }: AuditContext): Promise<boolean> {
  for (const writer of audit.writers()) {
    const end = await findEnd(db, writer)
    if (end) log.info({ writer, seq: end.seq, mac: end.mac, at: end.at.toISOString() }, 'audit head')
  }
  return false
}
