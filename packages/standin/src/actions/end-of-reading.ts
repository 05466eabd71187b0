import { findServiceByKeyId } from '../access/access-store.ts'
import type { Caller, ServiceCaller } from '../access/caller.ts'
import { endOfRight } from '../access/end-of-right.ts'
import { followChanges } from '../accounts/follow-changes.ts'
import type { Context } from '../context.ts'
import { checkMayRead } from '../results/read-right.ts'
import type { ActionsContext } from './actions-context.ts'

interface ReadRun {
  accountId: string
  readsWith: readonly string[]
}

/**
 * Aborts when a reader of a run has left or may no longer read it: a user's token has expired; a service's key or its grant
 * has ended, at once where a word of it comes, and within seconds where none does.
 */
export function endOfReading(
  ctx: Pick<ActionsContext, 'db' | 'clock' | 'signedRows' | 'accounts'>,
  caller: Caller,
  { run, signal }: { run: ReadRun; signal: AbortSignal | undefined },
): AbortSignal {
  const ends = endOfRight(caller, { clock: ctx.clock, signal })
  if (caller.kind === 'user') return ends
  const taken = new AbortController()
  void untilTakenBack(ctx, caller, { run, signal: ends }).then(() => taken.abort())
  return AbortSignal.any([ends, taken.signal])
}

async function untilTakenBack(
  ctx: Pick<ActionsContext, 'db' | 'signedRows' | 'accounts'>,
  { keyId }: ServiceCaller,
  { run, signal }: { run: ReadRun; signal: AbortSignal },
): Promise<void> {
  const asked = { first: [], polled: 'access', signal }
  for await (const _ of followChanges(ctx.accounts.events, 'access', asked))
    if (!(await mayRead(ctx, keyId, run))) return
}

/** True while the database is down: there is nothing to read then. */
async function mayRead(ctx: Pick<Context, 'db' | 'signedRows'>, keyId: string, run: ReadRun): Promise<boolean> {
  const found = await findServiceByKeyId(ctx, keyId, run.accountId).catch(() => 'down' as const)
  if (found === 'down') return true
  if (!found) return false
  try {
    checkMayRead(found.caller, run)
    return true
  } catch {
    return false
  }
}
