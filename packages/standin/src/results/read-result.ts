import type { Procedures, SentColumn, SentResult } from '@standin/contracts'
import { LRUCache } from 'lru-cache'
import type { z } from 'zod'
import type { Caller } from '../access/caller.ts'
import type { Database } from '../database/database.ts'
import type { CheckMayRead } from '../runs/read-right.ts'
import { StandinError } from '../standin-error.ts'
import {
  countPlaces,
  countRows,
  countValues,
  findResult,
  listRows,
  type ResultOfRun,
  type RowSelection,
} from './result-store.ts'

type Asked = z.output<Procedures['run']['result']['input']>
type Facets = SentResult['facets']

const valuesOfFacet = 50
const nothing = { rows: [], total: 0, facets: [], columns: [], chart: null, map: null, detail: null, nextCursor: null }

/**
 * What a run found, in pages; also while it runs, as far as its last checkpoint.
 * @throws StandinError `RUN_NOT_FOUND`, `SCOPE_FORBIDDEN`; `INPUT_INVALID` for a key or a cursor that is not of this result
 */
export function createReadResult({ db, checkMayRead }: { db: Database; checkMayRead: CheckMayRead }) {
  // They are of the whole result, and so the same for every page, search and filter of it.
  const facetsByResult = new LRUCache<string, Facets>({ max: 200 })
  // Of the rows that match, however they are sorted.
  const placesBySelection = new LRUCache<string, NonNullable<SentResult['map']>['places']>({ max: 200 })

  async function facetsOf(result: ResultOfRun): Promise<Facets> {
    const key = `${result.runId} ${result.rows}`
    const known = facetsByResult.get(key)
    if (known) return known
    const facets: Facets = []
    for (const { key } of result.columns.filter(({ filterable }) => filterable))
      facets.push({ key, values: await countValues(db, result, { key, limit: valuesOfFacet }) })
    facetsByResult.set(key, facets)
    return facets
  }

  async function mapOf(result: ResultOfRun, selection: RowSelection, total: number): Promise<SentResult['map']> {
    const column = result.columns.find(({ kind }) => kind === 'place')
    if (!column) return null
    const { key, namedBy } = column
    const { sort: _, ...matching } = selection
    const name = `${result.runId} ${result.rows} ${JSON.stringify(matching)}`
    const places = placesBySelection.get(name) ?? (await countPlaces(db, result, { ...matching, key, namedBy }))
    placesBySelection.set(name, places)
    return { places, rowsWithoutPlace: total - places.reduce((sum, { rows }) => sum + rows, 0) }
  }

  return async (
    caller: Caller,
    { runId, cursor, offset, limit, ...asked }: Asked,
  ): Promise<SentResult & { nextCursor: string | null }> => {
    const found = await findResult(db, runId)
    if (!found) throw new StandinError('RUN_NOT_FOUND')
    checkMayRead(caller, found)
    const { headline, result } = found
    if (!result) return { headline, ...nothing }

    const selection = select(asked, result.columns)
    const rows = await listRows(db, result, { ...selection, after: positionOf(cursor), offset, limit: limit + 1 })
    const page = rows.slice(0, limit)
    const total = await countRows(db, result, selection)
    return {
      headline,
      detail: result.detail,
      chart: result.chart,
      map: cursor === undefined && offset === undefined ? await mapOf(result, selection, total) : null,
      columns: result.columns,
      rows: page.map(({ position: _, ...row }) => row),
      total,
      facets: await facetsOf(result),
      nextCursor: rows.length > limit ? String(page.at(-1)?.position) : null,
    }
  }
}

function select(
  { search = '', filter = {}, onlyNew = false, sort }: Pick<Asked, 'search' | 'filter' | 'onlyNew' | 'sort'>,
  columns: readonly SentColumn[],
): RowSelection {
  const column = (key: string) => {
    const found = columns.find((each) => each.key === key)
    if (!found) throw new StandinError('INPUT_INVALID', { detail: 'The result has no column of this key.' })
    return found
  }
  return {
    words: search.toLowerCase().replaceAll('\0', '').toWellFormed().split(/\s+/).filter(Boolean),
    filter: Object.entries(filter).map(([key, value]) => {
      if (!column(key).filterable)
        throw new StandinError('INPUT_INVALID', { detail: 'The result cannot be filtered by this column.' })
      return { key, value: value.replaceAll('\0', '').toWellFormed() }
    }),
    ...(onlyNew && { isNew: true }),
    sort: sort && { column: sort.key === 'machine' ? 'machine' : column(sort.key), descending: sort.descending },
  }
}

/** A page ends at a row's position, which stays where it is whatever is added. */
function positionOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor)
  throw new StandinError('INPUT_INVALID', { detail: 'The cursor is not one that this result gave out.' })
}
