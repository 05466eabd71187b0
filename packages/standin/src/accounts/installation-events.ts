import type { InstallationEvent } from '@standin/contracts'
import type { GrantedAccounts } from '../access/authorize.ts'
import type { AccountsContext } from './accounts-context.ts'
import { followChanges } from './follow-changes.ts'
import { listInstallationEvents, numberInstallationEvents, resetAfter } from './installation-event-store.ts'

interface Reader {
  /** Called before each read, since grants change while a stream is open. Undefined once the right to read has ended. */
  accounts: () => Promise<GrantedAccounts | undefined>
  afterSeq: number
  /** Ends the stream. */
  signal: AbortSignal
}

const batch = 500

/** A notification that there are new events. */
export function wakeEventReaders({ accounts }: AccountsContext): void {
  accounts.events.emit('wake', 'wake')
}

/** A notification that a service's rights have changed: readers of a stream may have lost theirs. */
export function wakeServiceReaders(ctx: AccountsContext): void {
  wakeEventReaders(ctx)
  ctx.accounts.events.emit('access', 'access')
}

/**
 * The events after `afterSeq`, existing and new ones, none missed and none twice. A reader from before a restore of the
 * database first gets a `reset`. Ends with `signal`, or when the right to read has ended.
 */
export async function* streamInstallationEvents(
  ctx: AccountsContext,
  { accounts, afterSeq, signal }: Reader,
): AsyncGenerator<InstallationEvent> {
  let seen = afterSeq
  const reset = await resetAfter(ctx.db, afterSeq)
  if (reset) {
    if (!(await accounts())) return
    seen = reset.seq
    yield reset
  }
  for await (const _ of followChanges(ctx.accounts.events, 'wake', { first: ['wake'], polled: 'wake', signal })) {
    for (let isMore = true; isMore && !signal.aborted; ) {
      await numberNew(ctx)
      const readable = await accounts()
      if (!readable) return
      const { events, upTo } = await listInstallationEvents(ctx, readable, { after: seen, limit: batch })
      for (const event of events) {
        if (signal.aborted) return
        seen = event.seq
        yield event
      }
      seen = upTo ?? seen
      isMore = upTo !== undefined
    }
  }
}

/** One query for all readers that wake together. One that is running may have begun too early, so another one follows it. */
async function numberNew({ db, accounts }: AccountsContext): Promise<void> {
  await accounts.numbering?.catch(() => {})
  accounts.numbering ??= numberInstallationEvents(db).finally(() => {
    accounts.numbering = undefined
  })
  await accounts.numbering
}
