import { procedures } from '@standin/contracts'
import type { Contracted } from '../http/trpc.ts'
import type { ActionCatalogue } from './action-catalogue.ts'

interface Dependencies {
  contracted: Contracted
  catalogue: ActionCatalogue
  /** Undefined where the account is not served just now: what it granted is not known, and nothing is called missing. */
  grantedScopesOf: (accountId: string) => Promise<readonly string[] | undefined>
}

export function createActionProcedures({ contracted, catalogue, grantedScopesOf }: Dependencies) {
  return {
    list: contracted
      .call(procedures.action.list)
      .query(async ({ ctx: { accountId } }) => ({ actions: catalogue.describe(await grantedScopesOf(accountId)) })),
  }
}
