import { type Installation, procedures } from '@standin/contracts'
import type { Caller } from '../access/caller.ts'
import type { Actor } from '../audit/record.ts'
import type { Contracted } from '../http/trpc.ts'
import type { DescribedInstallation } from './describe-installation.ts'

/** What an administrator of an account may decide about it. */
export interface InstallationDecisions {
  approve: (decision: { accountId: string; generation: number; actor: Actor }) => Promise<void>
  refuse: (decision: { accountId: string; generation: number; actor: Actor }) => Promise<void>
  confirmUninstall: (decision: { accountId: string; actor: Actor }) => Promise<void>
}

interface Dependencies {
  contracted: Contracted
  describe: (accountId: string) => Promise<DescribedInstallation>
  decisions: InstallationDecisions
}

export function createInstallationProcedures({ contracted, describe, decisions }: Dependencies) {
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
  }
}

const actorOf = (caller: Caller): Actor =>
  caller.kind === 'user' ? { kind: 'user', id: caller.id } : { kind: 'service', id: caller.service }
