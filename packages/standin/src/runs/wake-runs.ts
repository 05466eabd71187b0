import type { Database } from '../database/database.ts'
import { endWaitForAccess } from './run-promotion-store.ts'
import type { RunQueue } from './run-queue.ts'

interface Dependencies {
  db: Database
  queue: RunQueue
  accessOf?: ((accountId: string) => Promise<'works' | 'refused' | undefined>) | undefined
}

/** Runs that wait for their account's access go on as soon as it works: whoever mended it does not want to wait as well. */
export function createWakeRuns({ db, queue, accessOf }: Dependencies) {
  return async (accountId: string): Promise<void> => {
    if ((await accessOf?.(accountId)) !== 'works') return
    await db.transaction(async (tx) => {
      for (const { id, urgency } of await endWaitForAccess(tx, accountId)) await queue.send(tx, id, { urgency })
    })
  }
}
