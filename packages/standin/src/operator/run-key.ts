import type { Context } from '../context.ts'
import { accountOfRun } from '../runs/run-store.ts'
import type { RunKey } from '../runs/run-table.ts'
import { StandinError } from '../standin-error.ts'

/** The key of a run that is known by its id alone. @throws StandinError `RUN_NOT_FOUND` */
export async function findRunKey({ db }: Pick<Context, 'db'>, id: string): Promise<RunKey> {
  const accountId = await accountOfRun(db, id)
  if (accountId === undefined) throw new StandinError('RUN_NOT_FOUND')
  return { id, accountId }
}
