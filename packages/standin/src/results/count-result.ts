import type { Database } from '../database/database.ts'
import { countPlaces, countRows, countValues, type KeptRows, type RowSelection } from './result-row-store.ts'
import type { ResultOfRun } from './result-store.ts'
import type { ResultCounts } from './result-table.ts'

const everyRow: RowSelection = { words: [], filter: [] }
const valuesPerFacet = 50

/** Counts all rows of a result: 0.2 s for 20,000 rows. */
export async function countResult(
  db: Database,
  result: KeptRows & Pick<ResultOfRun, 'columns'>,
): Promise<ResultCounts> {
  const facets: ResultCounts['facets'] = []
  for (const { key } of result.columns.filter(({ filterable }) => filterable))
    facets.push({ key, values: await countValues(db, result, { key, limit: valuesPerFacet }) })
  const place = result.columns.find(({ kind }) => kind === 'place')
  return {
    total: await countRows(db, result, everyRow),
    facets,
    places: place ? await countPlaces(db, result, { ...everyRow, key: place.key, namedBy: place.namedBy }) : null,
  }
}
