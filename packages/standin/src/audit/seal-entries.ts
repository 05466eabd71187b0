import type { Database } from '../database/database.ts'
import type { Logger } from '../observability/logger.ts'
import { type AuditMacs, textOf } from './audit-mac.ts'
import type { Chain } from './chain.ts'
import { chainRows, claimUnchained, findEnd, refuseRows, signedPart } from './chain-store.ts'

interface Dependencies {
  db: Database
  macs: AuditMacs
  chain: Chain
  log: Pick<Logger, 'error'>
}

const batch = 500

/**
 * Puts the rows of changes into a chain, once they are committed: in their own transaction one would wait for the other.
 * @returns a function that does one batch and says whether there may be more
 */
export function createSealEntries({ db, macs, chain, log }: Dependencies): () => Promise<boolean> {
  return async () => {
    try {
      return await db.transaction(async (tx) => {
        const rows = await claimUnchained(tx, { kids: macs.kids, limit: batch })
        if (rows.length === 0) return false
        if (chain.isUnknown()) chain.continueFrom(await findEnd(tx, chain.writer))
        const isOurs = (row: (typeof rows)[number]) =>
          macs.isOfEntry(signedPart(row), { kid: row.kid ?? '', mac: row.entryMac ?? '' })
        const forged = rows.filter((row) => !isOurs(row)).map(({ id }) => id)
        if (forged.length > 0) {
          log.error({ ids: forged.slice(0, 20), count: forged.length }, 'audit rows that none of the keys signed')
          await refuseRows(tx, forged)
        }
        const ours = rows.filter(isOurs)
        if (ours.length === 0) return rows.length === batch
        const { rows: chained, end } = chain.prepare(ours, (row) => textOf(signedPart(row)))
        await chainRows(tx, chained, end)
        chain.continueFrom(end)
        return rows.length === batch
      })
    } catch (error) {
      chain.forget() // Where the chain ends is what was committed.
      throw error
    }
  }
}
