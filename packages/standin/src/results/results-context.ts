import type { SentResult } from '@standin/contracts'
import { LRUCache } from 'lru-cache'
import type { Context } from '../context.ts'
import { countPlaces, countValues, type RowSelection } from './result-row-store.ts'
import type { ResultOfRun } from './result-store.ts'

export type Places = NonNullable<SentResult['map']>['places']

/** Counts that are made once for each result, and returned with each of its pages. */
interface Counting {
  ctx: Pick<Context, 'db'>
  result: ResultOfRun
}

/** What one process keeps about results between calls, and the hooks that it needs. */
export interface ResultsMemory {
  /** The same for every page, search and filter of a result. */
  facets: LRUCache<string, SentResult['facets'], Counting>
  /** The same for every page of a selection, however it is sorted. */
  places: LRUCache<string, Places, Counting & { selection: RowSelection; key: string; namedBy: string | undefined }>
  /** The scopes of an action; empty when the server no longer has it. */
  scopesOf(actionId: string): readonly string[]
  /** Where this server is reached, without a path. */
  publicUrl(): string
}

export type ResultsContext = Context & { results: ResultsMemory }

const resultsKept = 200
const valuesPerFacet = 50

export function createResultsMemory(given: Pick<ResultsMemory, 'scopesOf' | 'publicUrl'>): ResultsMemory {
  return {
    ...given,
    facets: new LRUCache({
      max: resultsKept,
      ignoreFetchAbort: true,
      async fetchMethod(_key, _stale, { context: { ctx, result } }) {
        const facets: SentResult['facets'] = []
        for (const { key } of result.columns.filter(({ filterable }) => filterable))
          facets.push({ key, values: await countValues(ctx.db, result, { key, limit: valuesPerFacet }) })
        return facets
      },
    }),
    places: new LRUCache({
      max: resultsKept,
      ignoreFetchAbort: true,
      fetchMethod: (_key, _stale, { context: { ctx, result, selection, key, namedBy } }) =>
        countPlaces(ctx.db, result, { ...selection, key, namedBy }),
    }),
  }
}
