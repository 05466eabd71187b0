import type { Context } from '../context.ts'
import { deleteOldCallbacks } from './callback-store.ts'

const atOnce = 1_000

/** Ages the ledger, as its table says. @returns whether there may be more */
export async function ageOutCallbacks({ db, clock, config }: Context): Promise<boolean> {
  const before = new Date(clock.now().getTime() - config.callback.abandonedAfterMs)
  return (await deleteOldCallbacks(db, { before, limit: atOnce })) === atOnce
}
