import type { Area, Message, ResultMap, SentColumn, SentRow } from '@standin/contracts'
import { and, asc, desc, gt, isNotNull, lt, type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import { arrayParameter, isAmong } from '../database/is-among.ts'
import { isOfRun, type RunKey } from '../runs/run-table.ts'
import type { ResultOfRun } from './result-store.ts'
import { runResultRows, runResults } from './result-table.ts'
import type { StorableRow } from './understand-rows.ts'

/**
 * Adds rows from a position on. A row is new if the previous run did not have it; without a previous run, none is new. Of rows
 * about the same, the first is new if the previous run had none of them.
 */
export async function insertRows(
  tx: Transaction,
  { run, position, rows }: { run: RunKey; position: number; rows: readonly StorableRow[] },
): Promise<void> {
  const previous = sql`(select previous_run_id from ${runResults} where ${isOfRun(runResults, run)})`
  await tx.execute(sql`
    insert into ${runResultRows} (account_id, run_id, position, row_id, about, machine, cells, is_new, searched)
    select ${run.accountId}::uuid, ${run.id}::uuid, ${position}::int + given.number - 1, given.row ->> 'id', given.row ->> 'about',
      nullif(given.row -> 'machine', 'null'), given.row -> 'cells',
      result.previous_run_id is not null and case
        when given.row ->> 'about' is null then not exists (
          select 1 from ${runResultRows} old
          where old.account_id = ${run.accountId}::uuid and old.run_id = result.previous_run_id and old.row_id = given.row ->> 'id'
        )
        else row_number() over (partition by given.row ->> 'about' order by given.number) = 1 and given.row ->> 'about' not in (
          select old.about from ${runResultRows} old
          where old.account_id = ${run.accountId}::uuid and old.run_id in (${run.id}::uuid, ${previous}) and old.about is not null
        )
      end,
      given.row ->> 'searched'
    from jsonb_array_elements(${JSON.stringify(rows)}::jsonb) with ordinality as given (row, number)
    join ${runResults} result on result.account_id = ${run.accountId}::uuid and result.run_id = ${run.id}::uuid
    on conflict do nothing`)
}

/** Which rows, and in which order. Keys are those of the result's columns. */
export interface RowSelection {
  /** The row must contain all of these, in lower case. */
  words: readonly string[]
  filter: ReadonlyArray<{ key: string; value: string }>
  /** Only rows that the previous run did not have. */
  isNew?: true | undefined
  /** Where the rows are, by the key of their place. */
  within?: { key: string; area: Area | 'nowhere' } | undefined
  sort?: { column: SentColumn | 'machine'; descending: boolean } | undefined
}

export type KeptRows = Pick<ResultOfRun, 'accountId' | 'runId' | 'rows'>

const isKept = ({ accountId, runId: id, rows }: KeptRows) =>
  and(isOfRun(runResultRows, { id, accountId }), lt(runResultRows.position, rows))

/** The statement's text is the same for any number of words and values. */
function selected(kept: KeptRows, { words, filter, isNew, within }: RowSelection): SQL | undefined {
  return and(
    isKept(kept),
    sql`(${runResultRows.isNew} or not ${isNew ?? false}::boolean)`,
    sql`${runResultRows.searched} like all(${arrayParameter(words.map(patternOf), 'text')})`,
    sql`not exists (
      select from jsonb_to_recordset(${JSON.stringify(filter)}::text::jsonb) as wanted(key text, value text)
      where ${textOfCell(sql`wanted.key`)} is distinct from wanted.value)`,
    within && isWithin(within),
  )
}

function isWithin({ key, area }: NonNullable<RowSelection['within']>): SQL {
  if (area === 'nowhere') return sql`${placeOf(key)} is null`
  return sql`(${degreesOf(key, 1)} between ${area.south}::float8 and ${area.north}::float8
    and ${degreesOf(key, 2)} between ${area.west}::float8 and ${area.east}::float8)`
}

const placeOf = (key: string): SQL => sql`(${runResultRows.cells} ->> ${key}::text)`

/** The latitude or the longitude, rounded to 10 cm: PostgreSQL fails on differences that are too small. */
const degreesOf = (key: string, part: 1 | 2): SQL =>
  sql`round(split_part(${placeOf(key)}, ',', ${part}::int)::numeric, 6)::float8`

/** A `like` pattern for texts that contain the word. */
const patternOf = (word: string) => `%${word.replace(/[\\%_]/g, '\\$&')}%`

export async function countRows(db: Database, kept: KeptRows, selection: RowSelection): Promise<number> {
  return db.$count(runResultRows, selected(kept, selection))
}

/** Which of these ids are ids of the result's rows. */
export async function idsAmongRows(db: Database, kept: KeptRows, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .select({ id: runResultRows.rowId })
    .from(runResultRows)
    .where(and(isKept(kept), isAmong(runResultRows.rowId, ids)))
  return new Set(rows.map(({ id }) => id))
}

/** Whether any row is about a machine. */
export async function hasMachines(db: Database, kept: KeptRows): Promise<boolean> {
  const [found] = await db
    .select({ position: runResultRows.position })
    .from(runResultRows)
    .where(and(isKept(kept), isNotNull(runResultRows.machine)))
    .limit(1)
  return found !== undefined
}

/** A page of rows after the one at a position. Unknown values come last in both directions. */
export async function listRows(
  db: Database,
  kept: KeptRows,
  {
    after,
    offset = 0,
    limit,
    ...selection
  }: RowSelection & {
    after: number | undefined
    offset?: number | undefined
    limit: number
  },
): Promise<Array<SentRow & { position: number }>> {
  const { position } = runResultRows
  const sorted = selection.sort && valueToSort(selection.sort.column)
  const direction = selection.sort?.descending ? desc : asc
  const found = await db
    .select()
    .from(runResultRows)
    .where(and(selected(kept, selection), after === undefined ? undefined : isAfter()))
    .orderBy(...(sorted ? [sql`${direction(sorted)} nulls last`] : []), asc(position))
    .limit(limit)
    .offset(offset)
  return found.map(({ position, rowId, machine, cells, isNew }) => ({ position, id: rowId, machine, cells, isNew }))

  function isAfter(): SQL | undefined {
    if (!sorted) return gt(position, after ?? 0)
    const last = sql`(select ${sorted} from ${runResultRows} where ${isKept(kept)} and ${position} = ${after})`
    const beyond = selection.sort?.descending ? sql`${sorted} < ${last}` : sql`${sorted} > ${last}`
    return sql`case when ${last} is null then ${sorted} is null and ${position} > ${after}
      else ${sorted} is null or ${beyond} or (${sorted} = ${last} and ${position} > ${after}) end`
  }
}

function valueToSort(column: SentColumn | 'machine'): SQL {
  if (column === 'machine') return sql`lower(${runResultRows.machine} ->> 'name')`
  const cell = textOfCell(column.key)
  return ['text', 'moment', 'place'].includes(column.kind) ? sql`lower(${cell})` : sql`(${cell})::float8`
}

/** A cell as text. Messages are searched and sorted by their English text. */
const textOfCell = (key: string | SQL): SQL =>
  sql`coalesce(${runResultRows.cells} -> ${key}::text ->> 'text', ${runResultRows.cells} ->> ${key}::text)`

/** The values of a column in all rows, the most frequent first. */
export async function countValues(
  db: Database,
  kept: KeptRows,
  { key, limit }: { key: string; limit: number },
): Promise<Array<{ value: string; message: Message; rows: number; newRows: number }>> {
  const counted = await db.execute<{ value: string; message: Message; rows: number; newRows: number }>(sql`
    select value, (array_agg(cell))[1] as message, count(*)::int as rows,
      count(*) filter (where is_new)::int as "newRows" from (
      select ${textOfCell(key)} as value, ${runResultRows.cells} -> ${key}::text as cell, ${runResultRows.isNew} as is_new
      from ${runResultRows}
      where ${isKept(kept)}
    ) cells where value is not null group by value order by count(*) desc, value limit ${limit}`)
  return [...counted]
}

/** A map has this many cells on each side. Rows in the same cell are one place. */
const cellsPerSide = 12
/** In degrees. Smaller cells would split a yard. */
const leastCellDegrees = 0.125

/** The places of a selection's rows. */
export async function countPlaces(
  db: Database,
  kept: KeptRows,
  { key, namedBy, ...selection }: RowSelection & { key: string; namedBy: string | undefined },
): Promise<ResultMap['places']> {
  const name = namedBy === undefined ? sql`null::text` : textOfCell(namedBy)
  const cellOf = (value: 'latitude' | 'longitude') => {
    const [degrees, lowest, highest] = [value, `lowest_${value}`, `highest_${value}`].map((part) => sql.raw(part))
    return sql`least(${cellsPerSide - 1}, floor((${degrees} - ${lowest})
      / greatest((${highest} - ${lowest}) / ${cellsPerSide}, ${leastCellDegrees})))`
  }
  const places = await db.execute<ResultMap['places'][number]>(sql`
    with located as materialized (
      select ${degreesOf(key, 1)} latitude, ${degreesOf(key, 2)} longitude, ${name} as name
      from ${runResultRows} where ${selected(kept, selection)} and ${placeOf(key)} is not null
    ), bounded as (
      select *, min(latitude) over () lowest_latitude, max(latitude) over () highest_latitude,
        min(longitude) over () lowest_longitude, max(longitude) over () highest_longitude
      from located
    )
    select avg(latitude) latitude, avg(longitude) longitude, count(*)::int as rows,
      jsonb_build_object('south', min(latitude), 'west', min(longitude), 'north', max(latitude), 'east', max(longitude)) as area,
      mode() within group (order by name) as name, greatest(count(distinct name) - 1, 0)::int as "otherNames"
    from bounded group by ${cellOf('latitude')}, ${cellOf('longitude')} order by count(*) desc, 1, 2`)
  return [...places]
}

/** All rows in the action's own order, with one batch in memory at a time. */
export async function* readRows(db: Database, kept: KeptRows, { batch = 1_000 } = {}): AsyncGenerator<SentRow[]> {
  let after: number | undefined
  for (;;) {
    const rows = await listRows(db, kept, { words: [], filter: [], after, limit: batch })
    if (rows.length > 0) yield rows.map(({ position: _, ...row }) => row)
    if (rows.length < batch) return
    after = rows.at(-1)?.position
  }
}
