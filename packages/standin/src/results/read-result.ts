import type { Procedures, SentColumn, SentResult } from '@standin/contracts'
import type { z } from 'zod'
import type { Caller } from '../access/caller.ts'
import { StandinError } from '../standin-error.ts'
import { checkMayRead } from './read-right.ts'
import { countRows, listRows, type RowSelection } from './result-row-store.ts'
import { findResult, type ResultOfRun } from './result-store.ts'
import type { ResultCounts } from './result-table.ts'
import type { ResultsContext } from './results-context.ts'

type Asked = z.output<Procedures['run']['result']['input']>

const nothing = {
  rows: [],
  total: 0,
  facets: [],
  columns: [],
  chart: null,
  map: null,
  detail: null,
  nextCursor: null,
  figure: null,
  offer: null,
}

/**
 * The rows that a run found, in pages. While it runs, those up to its last checkpoint.
 * @throws StandinError `RUN_NOT_FOUND`, `SCOPE_FORBIDDEN`; `INPUT_INVALID` for a key or a cursor of another result
 */
export async function readResult(
  ctx: ResultsContext,
  caller: Caller,
  { accountId, runId, cursor, offset, limit, ...asked }: Asked & { accountId: string },
): Promise<SentResult & { nextCursor: string | null }> {
  const found = await findResult(ctx.db, { id: runId, accountId })
  if (!found) throw new StandinError('RUN_NOT_FOUND')
  checkMayRead(caller, found)
  const { headline, result } = found
  if (!result) return { headline, ...nothing }

  const { columns, chart, detail, figure, offer, early } = result
  if (early) return { ...nothing, headline, detail, columns, ...early }
  const selection = select(asked, columns)
  const rows = await listRows(ctx.db, result, { ...selection, after: positionOf(cursor), offset, limit: limit + 1 })
  const page = rows.slice(0, limit)
  const counts =
    result.counts ?? (await ctx.results.counts.forceFetch(`${runId} ${result.rows}`, { context: { ctx, result } }))
  const total = isEveryRow(selection) ? counts.total : await countRows(ctx.db, result, selection)
  const isFirstPage = cursor === undefined && !offset
  return {
    headline,
    detail,
    figure,
    offer,
    chart,
    map: isFirstPage ? await mapOf(ctx, result, { selection, total, counts }) : null,
    columns,
    rows: page.map(({ position: _, ...row }) => row),
    total,
    facets: counts.facets,
    nextCursor: rows.length > limit ? String(page.at(-1)?.position) : null,
  }
}

/** Where the rows of a selection are; null for a result without a column of places. */
async function mapOf(
  ctx: ResultsContext,
  result: ResultOfRun,
  { selection, total, counts }: { selection: RowSelection; total: number; counts: ResultCounts },
): Promise<SentResult['map']> {
  const column = result.columns.find(({ kind }) => kind === 'place')
  if (!column) return null
  const { key, namedBy } = column
  const { sort: _, ...matching } = selection
  const name = `${result.runId} ${result.rows} ${JSON.stringify(matching)}`
  const context = { ctx, result, selection: matching, key, namedBy }
  const places = isEveryRow(selection) ? (counts.places ?? []) : await ctx.results.places.forceFetch(name, { context })
  return { places, rowsWithoutPlace: total - places.reduce((sum, { rows }) => sum + rows, 0) }
}

const isEveryRow = ({ words, filter, isNew, within }: RowSelection) =>
  words.length === 0 && filter.length === 0 && !isNew && !within

function select(
  {
    search = '',
    filter = {},
    onlyNew = false,
    within,
    sort,
  }: Pick<Asked, 'search' | 'filter' | 'onlyNew' | 'within' | 'sort'>,
  columns: readonly SentColumn[],
): RowSelection {
  const column = (key: string) => {
    const found = columns.find((each) => each.key === key)
    if (!found) throw new StandinError('INPUT_INVALID', { detail: 'The result has no column with this key.' })
    return found
  }
  return {
    words: wordsOf(search),
    filter: Object.entries(filter).map(([key, value]) => {
      if (!column(key).filterable)
        throw new StandinError('INPUT_INVALID', { detail: 'The result cannot be filtered by this column.' })
      return { key, value }
    }),
    ...(onlyNew && { isNew: true }),
    ...(within !== undefined && { within: { key: placeColumn(columns), area: within } }),
    sort: sort && { column: sort.key === 'machine' ? 'machine' : column(sort.key), descending: sort.descending },
  }
}

/** Each word is searched in every row, so more would be slow. */
const mostWords = 10

function wordsOf(search: string): string[] {
  const words = [...new Set(search.toLowerCase().split(/\s+/).filter(Boolean))]
  if (words.length > mostWords)
    throw new StandinError('INPUT_INVALID', { detail: `A search may have ${mostWords} words.` })
  return words
}

function placeColumn(columns: readonly SentColumn[]): string {
  const found = columns.find(({ kind }) => kind === 'place')
  if (!found) throw new StandinError('INPUT_INVALID', { detail: 'The result has no positions.' })
  return found.key
}

/** A page ends at a row's position, which never changes. */
function positionOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor)
  throw new StandinError('INPUT_INVALID', { detail: 'The cursor does not come from this result.' })
}
