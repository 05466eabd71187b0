import { procedures } from '@standin/contracts'
import { missingForAction } from '../access/authorize.ts'
import type { Contracted } from '../http/trpc.ts'
import { usualTimesOf } from '../runs/run-list-store.ts'
import type { ActionsContext } from './actions-context.ts'
import { accountAllowsIfServed } from './allowed-action.ts'
import type { AnyAction } from './define-action.ts'

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
  }
}
