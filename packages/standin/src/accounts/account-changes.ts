import type { AccountChange } from '@standin/contracts'
import type { AccountsContext } from './accounts-context.ts'
import { followChanges } from './follow-changes.ts'

type Change = AccountChange['type']

/**
 * A notification that an installation may look different: its row, its credentials, or what exchanges learned about
 * Trackunit has changed.
 * @param payload begins with the account's id; undefined: listening has begun (again), so that changes may have been missed
 */
export const noteInstallationChange = (ctx: AccountsContext, payload?: string) => note(ctx, 'installation', payload)

/** A notification that the runs of an account have changed. */
export function noteRunsChange(ctx: AccountsContext, payload?: string): void {
  const { runsHeard } = ctx.accounts
  const nowMs = ctx.clock.monotonicMs()
  if (payload === undefined) runsHeard.fromMs = nowMs
  else runsHeard.lastMs.set(accountIn(payload), nowMs)
  note(ctx, 'runs', payload)
}

function note({ accounts: { changes } }: AccountsContext, change: Change, payload?: string): void {
  const accountIds = payload === undefined ? changes.eventNames() : [accountIn(payload)]
  for (const accountId of accountIds) changes.emit(accountId, change)
}

const accountIn = (payload: string) => payload.split(' ')[0] ?? ''

/**
 * Yields what changed on an account since the last time, until `signal` aborts. Starts with the installation, and with the
 * runs unless they have not changed since the reader loaded them.
 * @param knownForMs how long ago the reader loaded the runs; undefined if its data may be older
 */
export function watchAccount(
  ctx: AccountsContext,
  { accountId, knownForMs, signal }: { accountId: string; knownForMs?: number | undefined; signal: AbortSignal },
) {
  const isKnown = knownForMs !== undefined && areRunsUnchanged(ctx, accountId, knownForMs)
  return followChanges<Change>(ctx.accounts.changes, accountId, {
    first: isKnown ? ['installation'] : ['installation', 'runs'],
    polled: 'installation',
    signal,
  })
}

/** The longest time that a request may be in transit, which the reader's own measurement leaves out. */
const transitMs = 3_000

function areRunsUnchanged({ accounts, clock }: AccountsContext, accountId: string, knownForMs: number): boolean {
  const { fromMs, lastMs } = accounts.runsHeard
  const askedMs = clock.monotonicMs() - knownForMs - transitMs
  return fromMs < askedMs && (lastMs.get(accountId) ?? Number.NEGATIVE_INFINITY) < askedMs
}
