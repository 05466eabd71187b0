import { procedures } from '@standin/contracts'
import { actorOf } from '../../access/caller.ts'
import type { Database } from '../../database/database.ts'
import type { Contracted } from '../../http/trpc.ts'
import { listFilters } from './filter-store.ts'
import { filterChoices, removeFilter, saveFilter } from './save-filter.ts'

export function createFilterProcedures({ contracted, db }: { contracted: Contracted; db: Database }) {
  const { list, save, delete: remove, choices } = procedures.filter
  return {
    list: contracted.call(list).query(async ({ ctx }) => ({ filters: await listFilters(db, ctx.accountId) })),
    save: contracted
      .call(save)
      .mutation(({ ctx, input }) => saveFilter(db, { ...input, actor: actorOf(ctx.caller), accountId: ctx.accountId })),
    delete: contracted.call(remove).mutation(async ({ ctx, input: { filterId } }) => {
      await removeFilter(db, { actor: actorOf(ctx.caller), accountId: ctx.accountId, filterId })
      return {}
    }),
    choices: contracted
      .call(choices)
      .query(({ ctx, input }) => filterChoices(db, { ...input, accountId: ctx.accountId })),
  }
}
