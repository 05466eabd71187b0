import type { Database } from '../database/database.ts'
import type { Logger } from '../observability/logger.ts'
import { listPromotedWaiting } from './run-promotion-store.ts'
import { startRunQueue } from './run-queue.ts'

/** Makes jobs of the runs that had their turn in a database whose queue was left behind. Those that were worked on are reaped. */
export async function sendPromotedAgain(db: Database, { url, log }: { url: string; log: Logger }): Promise<void> {
  const queue = await startRunQueue(url, log)
  try {
    await db.transaction(async (tx) => {
      for (const { id, urgency, waitingUntil } of await listPromotedWaiting(tx))
        await queue.send(tx, id, { urgency, ...(waitingUntil && { notBefore: waitingUntil }) })
    })
  } finally {
    await queue.stop()
  }
}
