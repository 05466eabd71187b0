import { findInstallation } from '../accounts/account-store.ts'
import type { Context } from '../context.ts'
import { StandinError } from '../standin-error.ts'
import type { Terminal } from './terminal.ts'

/** For lists that are empty, and decisions: whether the account exists at all. @throws StandinError `INSTALLATION_NOT_FOUND` */
export async function checkKnownAccount({ db }: Pick<Context, 'db'>, accountId: string): Promise<void> {
  if (!(await findInstallation(db, accountId))) throw new StandinError('INSTALLATION_NOT_FOUND')
}

/** A grant may come before the install, so an account that is not there is no failure; but its id may be mistyped. */
export async function sayIfUnknown(
  ctx: Pick<Context, 'db'>,
  account: string,
  { say }: Pick<Terminal, 'say'>,
): Promise<void> {
  if (account !== 'all' && !(await findInstallation(ctx.db, account)))
    say(`The account ${account} has not installed the app. Is its id right? The grant counts once it has.`)
}
