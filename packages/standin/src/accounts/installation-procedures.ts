import { accountIdSchema, type Installation, procedures } from '@standin/contracts'
import { tracked } from '@trpc/server'
import { findServiceByKeyId } from '../access/access-store.ts'
import { type GrantedAccounts, grantedAccounts } from '../access/authorize.ts'
import { actorOf, type Caller } from '../access/caller.ts'
import { endOfRight } from '../access/end-of-right.ts'
import type { Contracted } from '../http/trpc.ts'
import { StandinError } from '../standin-error.ts'
import { watchAccount } from './account-changes.ts'
import { listAccounts } from './account-store.ts'
import type { AccountsContext } from './accounts-context.ts'
import { approveCredentials, refuseCredentials } from './decide-credentials.ts'
import { readInstallation, readInstallations } from './describe-installation.ts'
import { streamInstallationEvents } from './installation-events.ts'
import { findTrackunitTrouble, findTrackunitTroubles } from './trackunit-trouble-store.ts'
import { tryAccessNow } from './try-access-now.ts'
import { confirmUninstall, dismissUninstall } from './uninstall.ts'

const { installation: contracts } = procedures

export function installationProcedures(ctx: AccountsContext, contracted: Contracted) {
  return {
    get: contracted.call(contracts.get).query(({ ctx: viewer }) => showInstallation(ctx, viewer)),
    list: contracted
      .callOnAll(contracts.list)
      .query(({ ctx: { accounts }, input }) => listInstallations(ctx, accounts, input)),
    events: contracted
      .streamOnAll(contracts.events)
      .subscription(({ ctx: { caller }, input: { lastEventId }, signal }) =>
        streamEvents(ctx, { caller, afterSeq: Number(lastEventId ?? 0), signal }),
      ),
    watch: contracted
      .stream(contracts.watch)
      .subscription(({ ctx: viewer, input: { lastEventId, knownForMs }, signal }) =>
        streamChanges(ctx, viewer, {
          lastId: Number(lastEventId ?? 0),
          // A stream that continues may have missed changes since its first request.
          knownForMs: lastEventId === undefined ? knownForMs : undefined,
          signal,
        }),
      ),
    tryNow: contracted.call(contracts.tryNow).mutation(async ({ ctx: viewer }) => {
      await tryAccessNow(ctx, decisionOf(viewer))
      return showInstallation(ctx, viewer)
    }),
    approve: contracted.call(contracts.approve).mutation(async ({ ctx: viewer, input: { generation } }) => {
      await approveCredentials(ctx, { ...decisionOf(viewer), generation })
      return showInstallation(ctx, viewer)
    }),
    refuse: contracted.call(contracts.refuse).mutation(async ({ ctx: viewer, input: { generation } }) => {
      await refuseCredentials(ctx, { ...decisionOf(viewer), generation })
      return showInstallation(ctx, viewer)
    }),
    confirmUninstall: contracted.call(contracts.confirmUninstall).mutation(async ({ ctx: viewer }) => {
      await confirmUninstall(ctx, decisionOf(viewer))
      return showInstallation(ctx, viewer)
    }),
    dismissUninstall: contracted.call(contracts.dismissUninstall).mutation(async ({ ctx: viewer }) => {
      await dismissUninstall(ctx, decisionOf(viewer))
      return showInstallation(ctx, viewer)
    }),
  }
}

/** A caller who may see this account. */
interface Viewer {
  caller: Caller
  accountId: string
  administers: boolean
}

const decisionOf = ({ accountId, caller }: Viewer) => ({ accountId, actor: actorOf(caller) })

async function showInstallation(
  ctx: AccountsContext,
  { accountId, administers }: Pick<Viewer, 'accountId' | 'administers'>,
): Promise<Installation> {
  const { described } = await readInstallation(ctx, accountId, await findTrackunitTrouble(ctx.db, accountId))
  return { ...described, mayApprove: administers }
}

async function listInstallations(
  ctx: AccountsContext,
  accounts: GrantedAccounts,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
) {
  const found = await listAccounts(ctx, accounts, {
    after: cursor === undefined ? undefined : accountIn(cursor),
    limit: limit + 1,
  })
  const page = found.slice(0, limit)
  const listed = await readInstallations(ctx, page, await findTrackunitTroubles(ctx.db, page))
  return {
    installations: listed.map(({ described }) => ({ ...described, mayApprove: false })),
    nextCursor: found.length > limit ? (page.at(-1) ?? null) : null,
  }
}

/** A cursor is the last account of the previous page. */
function accountIn(cursor: string): string {
  const account = accountIdSchema.safeParse(cursor)
  if (!account.success) throw new StandinError('INPUT_INVALID', { detail: 'This is not a cursor of this list.' })
  return account.data
}

/** Ends a stream as if it was cut: a client with a valid key or token connects again, and continues after the last event. */
const streamCut = () => new DOMException('the caller may no longer read', 'AbortError')

async function* streamEvents(
  ctx: AccountsContext,
  { caller, afterSeq, signal }: { caller: Caller; afterSeq: number; signal: AbortSignal | undefined },
) {
  if (caller.kind !== 'service') throw new StandinError('ACCOUNT_FORBIDDEN')
  const { keyId } = caller
  const accounts = async () => {
    const service = await findServiceByKeyId(ctx, keyId)
    return service && grantedAccounts(service.caller)
  }
  const reader = { accounts, afterSeq, signal: signal ?? new AbortController().signal }
  for await (const event of streamInstallationEvents(ctx, reader)) yield tracked(String(event.seq), event)
  throw streamCut()
}

async function* streamChanges(
  ctx: AccountsContext,
  viewer: Viewer,
  { lastId, knownForMs, signal }: { lastId: number; knownForMs: number | undefined; signal: AbortSignal | undefined },
) {
  let id = lastId
  let sent: string | undefined
  const ends = endOfRight(viewer.caller, { clock: ctx.clock, signal })
  for await (const changed of watchAccount(ctx, { accountId: viewer.accountId, knownForMs, signal: ends })) {
    const installation = changed.has('installation') ? await showInstallation(ctx, viewer) : undefined
    const text = JSON.stringify(installation)
    if (installation && text !== sent) yield tracked(String(++id), { type: 'installation' as const, installation })
    sent = text ?? sent
    if (changed.has('runs')) yield tracked(String(++id), { type: 'runs' as const })
  }
  throw streamCut()
}
