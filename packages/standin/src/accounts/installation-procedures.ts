import { accountIdSchema, type Installation, procedures } from '@standin/contracts'
import { tracked } from '@trpc/server'
import { type GrantedAccounts, grantedAccounts } from '../access/authorize.ts'
import { actorOf, type Caller } from '../access/caller.ts'
import { endOfRight } from '../access/end-of-right.ts'
import type { Actor } from '../audit/record.ts'
import type { Clock } from '../clock.ts'
import type { Contracted } from '../http/trpc.ts'
import { StandinError } from '../standin-error.ts'
import type { AccountChanges } from './account-changes.ts'
import type { DescribedInstallation } from './describe-installation.ts'
import type { InstallationEvents } from './installation-events.ts'

/** What an administrator of an account may decide about it. */
export interface InstallationDecisions {
  approve: (decision: { accountId: string; generation: number; actor: Actor }) => Promise<void>
  refuse: (decision: { accountId: string; generation: number; actor: Actor }) => Promise<void>
  confirmUninstall: (decision: { accountId: string; actor: Actor }) => Promise<void>
  dismissUninstall: (decision: { accountId: string; actor: Actor }) => Promise<void>
}

interface Dependencies {
  contracted: Contracted
  describe: (accountId: string) => Promise<DescribedInstallation>
  tryNow: (asked: { accountId: string }) => Promise<void>
  decisions: InstallationDecisions
  /** Ids in order, after the given one. */
  listAccounts: (accounts: GrantedAccounts, page: { after: string | undefined; limit: number }) => Promise<string[]>
  events: InstallationEvents
  changes: AccountChanges
  clock: Clock
  /** What the key that opened a stream may still do; undefined once it is not good any more. */
  currentService: (keyId: string) => Promise<Caller | undefined>
}

export function createInstallationProcedures({
  contracted,
  describe,
  tryNow,
  decisions,
  listAccounts,
  events,
  changes,
  clock,
  currentService,
}: Dependencies) {
  const seenBy = async ({
    accountId,
    administers,
  }: {
    accountId: string
    administers: boolean
  }): Promise<Installation> => ({
    ...(await describe(accountId)),
    mayApprove: administers,
  })

  return {
    get: contracted.call(procedures.installation.get).query(({ ctx }) => seenBy(ctx)),
    list: contracted
      .callOnAll(procedures.installation.list)
      .query(async ({ ctx: { accounts }, input: { cursor, limit } }) => {
        const found = await listAccounts(accounts, { after: cursor && accountIn(cursor), limit: limit + 1 })
        const page = found.slice(0, limit)
        return {
          installations: await Promise.all(page.map((accountId) => seenBy({ accountId, administers: false }))),
          nextCursor: found.length > limit ? (page.at(-1) ?? null) : null,
        }
      }),
    events: contracted.streamOnAll(procedures.installation.events).subscription(async function* ({
      ctx: { caller },
      input: { lastEventId },
      signal,
    }) {
      if (caller.kind !== 'service') throw new StandinError('ACCOUNT_FORBIDDEN')
      const accounts = async () => {
        const now = await currentService(caller.keyId)
        return now && grantedAccounts(now)
      }
      const ends = signal ?? new AbortController().signal
      for await (const event of events.stream({ accounts, afterSeq: Number(lastEventId ?? 0), signal: ends }))
        yield tracked(String(event.seq), event)
      // Cut, not ended: with a key that is good the service comes back and goes on after the last event.
      throw new DOMException('the caller may no longer read', 'AbortError')
    }),
    watch: contracted.stream(procedures.installation.watch).subscription(async function* ({
      ctx,
      input: { lastEventId },
      signal,
    }) {
      const ends = endOfRight(ctx.caller, { clock, signal })
      // What somebody read before it began, or before it was cut, may be older by now.
      const first = ['installation', 'runs'] as const
      let id = Number(lastEventId ?? 0)
      let known: string | undefined
      for await (const changed of changes.of(ctx.accountId, { first, signal: ends })) {
        const installation = changed.has('installation') ? await seenBy(ctx) : undefined
        const seen = JSON.stringify(installation)
        if (installation && seen !== known) yield tracked(String(++id), { type: 'installation', installation })
        known = seen ?? known
        if (changed.has('runs')) yield tracked(String(++id), { type: 'runs' })
      }
      // Cut, not ended: the page comes back with the token that it has by then.
      throw new DOMException('the caller may no longer read', 'AbortError')
    }),
    tryNow: contracted.call(procedures.installation.tryNow).mutation(async ({ ctx }) => {
      await tryNow(ctx)
      return seenBy(ctx)
    }),
    approve: contracted.call(procedures.installation.approve).mutation(async ({ ctx, input: { generation } }) => {
      await decisions.approve({ accountId: ctx.accountId, generation, actor: actorOf(ctx.caller) })
      return seenBy(ctx)
    }),
    refuse: contracted.call(procedures.installation.refuse).mutation(async ({ ctx, input: { generation } }) => {
      await decisions.refuse({ accountId: ctx.accountId, generation, actor: actorOf(ctx.caller) })
      return seenBy(ctx)
    }),
    confirmUninstall: contracted.call(procedures.installation.confirmUninstall).mutation(async ({ ctx }) => {
      await decisions.confirmUninstall({ accountId: ctx.accountId, actor: actorOf(ctx.caller) })
      return seenBy(ctx)
    }),
    dismissUninstall: contracted.call(procedures.installation.dismissUninstall).mutation(async ({ ctx }) => {
      await decisions.dismissUninstall({ accountId: ctx.accountId, actor: actorOf(ctx.caller) })
      return seenBy(ctx)
    }),
  }
}

/** A cursor is the last account of the page before. */
function accountIn(cursor: string): string {
  const account = accountIdSchema.safeParse(cursor)
  if (!account.success) throw new StandinError('INPUT_INVALID', { detail: 'This is no cursor of a page.' })
  return account.data
}
