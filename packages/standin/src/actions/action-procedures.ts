import { procedures } from '@standin/contracts'
import { missingForAction } from '../access/authorize.ts'
import type { Contracted } from '../http/trpc.ts'
import type { UsualTimes } from '../runs/run-list-store.ts'
import type { ActionCatalogue } from './action-catalogue.ts'
import type { AccountAllows } from './allowed-action.ts'
import type { AnyAction } from './define-action.ts'

interface Dependencies {
  contracted: Contracted
  catalogue: ActionCatalogue
  /** Undefined where the account is not served just now: what it granted is not known, and nothing is called missing. */
  scopesOf: (accountId: string) => Promise<AccountAllows | undefined>
  usualTimesOf: (accountId: string) => Promise<ReadonlyMap<string, UsualTimes>>
  sendsEmail: boolean
}

export function createActionProcedures({ contracted, catalogue, scopesOf, usualTimesOf, sendsEmail }: Dependencies) {
  return {
    list: contracted.call(procedures.action.list).query(async ({ ctx: { accountId, caller }, input: { language } }) => {
      const [accountScopes, usualTimes] = await Promise.all([scopesOf(accountId), usualTimesOf(accountId)])
      const mayStart = ({ scopes, changesData }: AnyAction) =>
        missingForAction(caller, { accountId, scopes, changesData }).length === 0
      return { actions: catalogue.describe({ accountScopes, mayStart, usualTimes, language }), sendsEmail }
    }),
  }
}
