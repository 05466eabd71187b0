import { procedures } from '@standin/contracts'
import { checkMayReadAny } from '../actions/readable-actions.ts'
import type { Contracted } from '../http/trpc.ts'
import { removeReceiver } from '../receivers/answer-question.ts'
import { distrustDomain, trustDomain } from '../receivers/trust-domain.ts'
import { describeReceivers } from '../receivers/who-may-receive.ts'
import { askReceiver } from './ask-receiver.ts'
import type { DeliveriesContext } from './deliveries-context.ts'

export function receiverProcedures(ctx: DeliveriesContext, contracted: Contracted) {
  const { list, trust, distrust, ask, remove } = procedures.receiver
  return {
    list: contracted
      .call(list)
      .query(({ ctx: { caller, accountId, administers } }) =>
        describeReceivers(ctx, { accountId, caller, administers }),
      ),
    trust: contracted.call(trust).mutation(async ({ ctx: { caller }, input }) => {
      await trustDomain(ctx, caller, input)
      return {}
    }),
    distrust: contracted.call(distrust).mutation(async ({ ctx: { caller }, input }) => {
      await distrustDomain(ctx, caller, input)
      return {}
    }),
    ask: contracted.call(ask).mutation(({ ctx: { caller }, input }) => {
      checkMayReadAny(ctx, caller, input) // Only callers who may read results may decide who gets them.
      return askReceiver(ctx, caller, input)
    }),
    remove: contracted.call(remove).mutation(async ({ ctx: { caller }, input }) => {
      await removeReceiver(ctx, caller, input)
      return {}
    }),
  }
}
