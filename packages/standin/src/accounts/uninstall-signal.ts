import { type Actor, record } from '../audit/record.ts'
import type { Transaction } from '../database/database.ts'
import { bringIntoForce, type LockedAccount } from './bring-into-force.ts'
import { comparePositions } from './credential-order.ts'
import type { CredentialRow } from './credential-store.ts'
import type { Uninstall } from './uninstall.ts'

/** Refusals in a row after which the credentials in force are taken for ended: one alone may be a mishap. */
export const refusalsToBelieve = 3

/** What nothing proves, and what becomes true when Trackunit refuses the credentials in force. */
export type Doubt = { type: 'replaced'; by: CredentialRow } | { type: 'uninstalled'; at: Date }

/** A re-install that nothing binds, or an uninstall that was only signalled; the newer of them counts. */
export function doubtAbout(inForce: CredentialRow, { installation, rows }: LockedAccount): Doubt | undefined {
  const by = rows
    .filter((row) => row.state === 'awaiting-approval' && comparePositions(row, inForce) > 0)
    .sort(comparePositions)
    .at(-1)
  const { uninstallSignalledAt: at } = installation
  if (at && at >= inForce.issuedAt && !(by && by.issuedAt > at)) return { type: 'uninstalled', at }
  return by && { type: 'replaced', by }
}

/** The credentials in force were refused often enough: what waited for that takes effect. */
export async function settleDoubt(
  tx: Transaction,
  doubt: Doubt,
  { account, uninstall, actor }: { account: LockedAccount; uninstall: Uninstall; actor: Actor },
): Promise<void> {
  if (doubt.type === 'uninstalled') {
    return uninstall(tx, { installation: account.installation, issuedAt: doubt.at, actor })
  }
  await bringIntoForce(tx, doubt.by, { event: 'approved', account })
  const { accountId, generation } = doubt.by
  await record(tx, { actor, event: 'credentials.took-over', accountId, generation })
}
