import { procedures } from '@standin/contracts'
import { missingForAction } from '../access/authorize.ts'
import type { Contracted } from '../http/trpc.ts'
import { usualTimesOf } from '../runs/run-list-store.ts'
import { forgetGraphqlRefusal } from '../trackunit/rate-budget-store.ts'
import type { ActionsContext } from './actions-context.ts'
import { accountAllowsIfServed } from './allowed-action.ts'
import { countMachines } from './count-machines.ts'
import type { AnyAction } from './define-action.ts'
import { checkMayReadAny } from './readable-actions.ts'

export function actionProcedures(ctx: ActionsContext, contracted: Contracted) {
  return {
    list: contracted.call(procedures.action.list).query(async ({ ctx: { accountId, caller }, input: { language } }) => {
      const [accountScopes, usualTimes] = await Promise.all([
        accountAllowsIfServed(ctx, accountId),
        usualTimesOf(ctx.db, accountId),
      ])
      const mayStart = ({ scopes, changesData }: AnyAction) =>
        missingForAction(caller, { accountId, scopes, changesData }).length === 0
      return {
        actions: ctx.actions.describe({ accountScopes, mayStart, usualTimes, language }),
        sendsEmail: ctx.config.delivery.smtp !== undefined,
      }
    }),
    countMachines: contracted
      .call(procedures.action.countMachines)
      .query(async ({ ctx: { accountId, caller }, input: { actionId } }) => ({
        machines: await countMachines(ctx, caller, { accountId, actionId }),
      })),
    tryPlan: contracted.call(procedures.action.tryPlan).mutation(async ({ ctx: { accountId, caller } }) => {
      checkMayReadAny(ctx, caller, { accountId }) // Only callers who may start something may change this.
      await forgetGraphqlRefusal(ctx.db, accountId)
      return {}
    }),
  }
}
