import type { Context } from '../context.ts'
import { deleteOldCallbacks, deleteOldIdentities } from './callback-store.ts'

const atOnce = 1_000

/** Deletes what is older than `callback-table.ts` says. @returns whether there may be more */
export async function ageOutCallbacks({ db, clock, config }: Context): Promise<boolean> {
  const before = new Date(clock.now().getTime() - config.callback.abandonedAfterMs)
  const callbacks = await deleteOldCallbacks(db, { before, limit: atOnce })
  const identities = await deleteOldIdentities(db, { before, limit: atOnce })
  return callbacks === atOnce || identities === atOnce
}
