import type { AccountChange } from '@standin/contracts'
import type { AccountsContext } from './accounts-context.ts'
import { followChanges } from './follow-changes.ts'

type Change = AccountChange['type']

/**
 * A notification that an installation may look different: its own row, its credentials, or what exchanges learnt of
 * Trackunit has changed.
 * @param payload begins with the account's id; undefined: listening has begun (again), so that changes may have been missed
 */
export const noteInstallationChange = (ctx: AccountsContext, payload?: string) => note(ctx, 'installation', payload)

/** The same for the runs of an account. */
export const noteRunsChange = (ctx: AccountsContext, payload?: string) => note(ctx, 'runs', payload)

function note({ accounts: { changes } }: AccountsContext, change: Change, payload?: string): void {
  const accountIds = payload === undefined ? changes.eventNames() : [payload.split(' ')[0] ?? '']
  for (const accountId of accountIds) changes.emit(accountId, change)
}

/** Yields what changed on an account since the last time, until `signal` aborts. Starts with everything, since the reader's data may be outdated. */
export function watchAccount(ctx: AccountsContext, accountId: string, signal: AbortSignal) {
  return followChanges<Change>(ctx.accounts.changes, accountId, {
    first: ['installation', 'runs'],
    polled: 'installation',
    signal,
  })
}
