import type { Context } from '../context.ts'
import { deleteEmptyAccounts, deleteEndedUnproven } from './age-out-store.ts'
import { deleteOldEvents, numberInstallationEvents } from './installation-event-store.ts'

const atOnce = 500

/**
 * Deletes credentials that never served, `ABANDONED_AFTER_DAYS` after they were superseded or erased, then the rows of accounts
 * that have none left. Also deletes old installation events.
 * @returns whether there may be more
 */
export async function ageOutAccounts({ db, clock, config }: Context): Promise<boolean> {
  const before = new Date(clock.now().getTime() - config.callback.abandonedAfterMs)
  const ended = await deleteEndedUnproven(db, { before, limit: atOnce })
  const empty = await deleteEmptyAccounts(db, { before, limit: atOnce })
  const retained = new Date(clock.now().getTime() - config.auditRetentionMs)
  await numberInstallationEvents(db) // Otherwise only readers of the feed number events, and there may be none.
  const events = await deleteOldEvents(db, { before: retained, limit: atOnce })
  return [ended, empty, events].some((deleted) => deleted === atOnce)
}
