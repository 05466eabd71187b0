import { findInstallation } from '../accounts/account-store.ts'
import type { Context } from '../context.ts'
import { StandinError } from '../standin-error.ts'

/** Tells an account without something from one that does not exist. @throws StandinError `INSTALLATION_NOT_FOUND` */
export async function checkKnownAccount({ db }: Pick<Context, 'db'>, accountId: string): Promise<void> {
  if (!(await findInstallation(db, accountId))) throw new StandinError('INSTALLATION_NOT_FOUND')
}
