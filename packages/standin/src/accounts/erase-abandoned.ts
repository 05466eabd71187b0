import { type Actor, record } from '../audit/record.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import { eraseSecret, listCredentials, listRejectedSince, moveCredentials } from './credential-store.ts'
import { lockInstallation, updateInstallation } from './installation-store.ts'

const atOnce = 100
const sweeper: Actor = { kind: 'system', id: 'sweeper' }

/**
 * Erases credentials that never served and were rejected longer ago than `abandonedAfterMs`. Those that served are
 * uninstalled by the prover, after a fresh refusal.
 * @returns whether there may be more
 */
export function createEraseAbandoned({
  db,
  clock,
  abandonedAfterMs,
}: {
  db: Database
  clock: Clock
  abandonedAfterMs: number
}): () => Promise<boolean> {
  return async () => {
    const before = new Date(clock.now().getTime() - abandonedAfterMs)
    const abandoned = await listRejectedSince(db, { before, limit: atOnce })
    for (const { accountId, generation } of abandoned) {
      await db.transaction(async (tx) => {
        await lockInstallation(tx, accountId)
        const row = (await listCredentials(tx, accountId)).find((each) => each.generation === generation)
        if (row?.state !== 'rejected') return // Sent again meanwhile.
        await moveCredentials(tx, row, 'uninstalled')
        await eraseSecret(tx, row)
        await updateInstallation(tx, accountId, {})
        await record(tx, { actor: sweeper, event: 'credentials.abandoned', accountId, generation })
      })
    }
    return abandoned.length === atOnce
  }
}
