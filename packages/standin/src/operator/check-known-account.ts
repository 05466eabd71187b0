import { findInstallation } from '../accounts/account-store.ts'
import type { Context } from '../context.ts'
import { StandinError } from '../standin-error.ts'

/** For lists that are empty: whether the account exists at all. @throws StandinError `INSTALLATION_NOT_FOUND` */
export async function checkKnownAccount({ db }: Pick<Context, 'db'>, accountId: string): Promise<void> {
  if (!(await findInstallation(db, accountId))) throw new StandinError('INSTALLATION_NOT_FOUND')
}
