import { procedures } from '@standin/contracts'
import type { Contracted } from '../http/trpc.ts'
import type { ActionCatalogue } from './action-catalogue.ts'

interface Dependencies {
  contracted: Contracted
  catalogue: ActionCatalogue
  /** Empty where the account is not served just now: its actions are shown all the same. */
  grantedScopesOf: (accountId: string) => Promise<readonly string[]>
}

export function createActionProcedures({ contracted, catalogue, grantedScopesOf }: Dependencies) {
  return {
    list: contracted
      .call(procedures.action.list)
      .query(async ({ ctx: { accountId } }) => ({ actions: catalogue.describe(await grantedScopesOf(accountId)) })),
  }
}
