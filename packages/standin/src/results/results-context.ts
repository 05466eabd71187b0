import type { ResultMap } from '@standin/contracts'
import { LRUCache } from 'lru-cache'
import type { Context } from '../context.ts'
import { countResult } from './count-result.ts'
import { countPlaces, type RowSelection } from './result-row-store.ts'
import type { ResultOfRun } from './result-store.ts'
import type { ResultCounts } from './result-table.ts'

interface Counting {
  ctx: Pick<Context, 'db'>
  result: ResultOfRun
}

/** What one process keeps about results between calls, and the hooks that it needs. */
export interface ResultsMemory {
  /** For a result without stored counts: its run is not over, or was ended early. */
  counts: LRUCache<string, ResultCounts, Counting>
  /** The same for every page of a selection, however it is sorted. */
  places: LRUCache<
    string,
    ResultMap['places'],
    Counting & { selection: RowSelection; key: string; namedBy: string | undefined }
  >
  /** Where this server is reached, without a path. */
  publicUrl(): string
}

export type ResultsContext = Context & { results: ResultsMemory }

const resultsKept = 200

export function createResultsMemory(given: Pick<ResultsMemory, 'publicUrl'>): ResultsMemory {
  return {
    ...given,
    counts: new LRUCache({
      max: resultsKept,
      ignoreFetchAbort: true,
      fetchMethod: (_key, _stale, { context: { ctx, result } }) => countResult(ctx.db, result),
    }),
    places: new LRUCache({
      max: resultsKept,
      ignoreFetchAbort: true,
      fetchMethod: (_key, _stale, { context: { ctx, result, selection, key, namedBy } }) =>
        countPlaces(ctx.db, result, { ...selection, key, namedBy }),
    }),
  }
}
