import { type Actor, record } from '../audit/record.ts'
import type { InTransaction } from '../context.ts'
import type { Account, CredentialRow } from './account-store.ts'
import type { AccountsContext } from './accounts-context.ts'
import { activateCredentials } from './activate-credentials.ts'
import { comparePositions } from './credential-order.ts'
import { uninstall } from './uninstall.ts'
import { liveSignal, newest } from './uninstall-lifecycle.ts'

/** A change that nothing confirms yet. It takes effect when it is certain that Trackunit refuses the credentials in force. */
export type UnconfirmedChange = { type: 'replaced'; by: CredentialRow } | { type: 'uninstalled'; at: Date }

/** A re-install that nothing binds, or an uninstall that is not final; the newer of the two counts. */
export function unconfirmedChangeOf(
  inForce: CredentialRow,
  { installation, credentials }: Account,
  now: Date,
): UnconfirmedChange | undefined {
  const by = credentials
    .filter((row) => row.state === 'awaiting-approval' && comparePositions(row, inForce) > 0)
    .sort(comparePositions)
    .at(-1)
  const at = newest(installation.suspendedUpTo, liveSignal(installation, now))
  if (at && at >= inForce.issuedAt && !(by && by.issuedAt > at)) return { type: 'uninstalled', at }
  return by && { type: 'replaced', by }
}

/** Lets it take effect: the credentials in force were refused often enough. */
export async function applyUnconfirmedChange(
  tx: InTransaction<AccountsContext>,
  change: UnconfirmedChange,
  { account, actor }: { account: Account; actor: Actor },
): Promise<void> {
  if (change.type === 'uninstalled')
    return uninstall(tx, { installation: account.installation, issuedAt: change.at, actor })
  const { accountId, generation } = change.by
  await activateCredentials(tx, change.by, { event: 'approved', account })
  await record(tx, { actor, event: 'credentials.took-over', accountId, generation })
}
