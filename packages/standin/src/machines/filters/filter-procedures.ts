import { procedures } from '@standin/contracts'
import { ownScopes } from '../../access/authorize.ts'
import { actorOf, type Caller } from '../../access/caller.ts'
import type { Context } from '../../context.ts'
import type { Contracted } from '../../http/trpc.ts'
import { listFilters } from './filter-store.ts'
import { filterChoices, removeFilter, saveFilter } from './save-filter.ts'

/** @param checkMayRead throws for a caller who may not see the account's machines. Passed in, because actions are a higher layer */
export function filterProcedures(
  ctx: Context,
  contracted: Contracted,
  { checkMayRead }: { checkMayRead: (caller: Caller, accountId: string) => void },
) {
  const { list, save, delete: remove, choices } = procedures.filter
  return {
    list: contracted
      .call(list)
      .query(async ({ ctx: { accountId } }) => ({ filters: await listFilters(ctx.db, accountId) })),
    save: contracted
      .call(save)
      .mutation(({ ctx: { accountId, caller }, input }) =>
        saveFilter(ctx, { ...input, actor: actorOf(caller), accountId }),
      ),
    delete: contracted.call(remove).mutation(async ({ ctx: { accountId, caller }, input: { filterId } }) => {
      await removeFilter(ctx, { actor: actorOf(caller), accountId, filterId })
      return {}
    }),
    choices: contracted.call(choices).query(({ ctx: { accountId, caller }, input }) => {
      checkMayRead(caller, accountId)
      return filterChoices(ctx, { ...input, accountId, own: ownScopes(caller, accountId) })
    }),
  }
}
