import type { Message, ResultMap, SentColumn, SentRow } from '@standin/contracts'
import { and, asc, desc, eq, gt, gte, inArray, isNotNull, lt, type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import { runs } from '../runs/run-table.ts'
import { runResultRows, runResults } from './result-table.ts'
import type { StorableRow } from './understand-rows.ts'

export type ResultOfRun = typeof runResults.$inferSelect

/** The result of a run as its last checkpoint left it: rows after that are dropped, since they are found again. */
export async function openResult(
  tx: Transaction,
  { runId, accountId }: { runId: string; accountId: string },
): Promise<ResultOfRun> {
  await tx
    .insert(runResults)
    .values({ runId, previousRunId: await findPreviousRun(tx, runId, accountId) })
    .onConflictDoNothing()
  const [row] = await tx.select().from(runResults).where(eq(runResults.runId, runId)).for('update')
  if (!row) throw new Error('the row was inserted above')
  await tx.delete(runResultRows).where(and(eq(runResultRows.runId, runId), gte(runResultRows.position, row.rows)))
  return row
}

/** The last run of the same action, asked for the same, that succeeded and has a result. */
async function findPreviousRun(tx: Transaction, runId: string, accountId: string): Promise<string | undefined> {
  const [self] = await tx.select().from(runs).where(eq(runs.id, runId))
  if (!self) return undefined
  const [previous] = await tx
    .select({ id: runs.id })
    .from(runs)
    .innerJoin(runResults, eq(runResults.runId, runs.id))
    .where(
      and(
        eq(runs.accountId, accountId),
        eq(runs.actionId, self.actionId),
        eq(runs.mode, self.mode),
        eq(runs.input, self.input),
        eq(runs.state, 'succeeded'),
      ),
    )
    .orderBy(desc(runs.createdAt), desc(runs.id))
    .limit(1)
  return previous?.id
}

/** Adds rows from a position on. What the previous run has not is new; without one, nothing is. */
export async function insertRows(
  tx: Transaction,
  { runId, position, rows }: { runId: string; position: number; rows: readonly StorableRow[] },
): Promise<void> {
  await tx.execute(sql`
    insert into ${runResultRows} (run_id, position, row_id, machine, cells, is_new, searched)
    select ${runId}::uuid, ${position}::int + given.nth - 1, given.row ->> 'id', nullif(given.row -> 'machine', 'null'),
      given.row -> 'cells',
      result.previous_run_id is not null and not exists (
        select 1 from ${runResultRows} old where old.run_id = result.previous_run_id and old.row_id = given.row ->> 'id'
      ),
      given.row ->> 'searched'
    from jsonb_array_elements(${JSON.stringify(rows)}::jsonb) with ordinality as given (row, nth)
    join ${runResults} result on result.run_id = ${runId}::uuid
    on conflict do nothing`)
}

export async function keepResult(
  tx: Transaction,
  runId: string,
  change: Partial<Pick<ResultOfRun, 'rows' | 'columns' | 'chart' | 'detail'>>,
): Promise<void> {
  await tx.update(runResults).set(change).where(eq(runResults.runId, runId))
}

/** With what is the run's own. */
export async function findResult(
  db: Database,
  runId: string,
): Promise<{ accountId: string; actionId: string; headline: Message | null; result: ResultOfRun | null } | undefined> {
  const [row] = await db
    .select({ accountId: runs.accountId, actionId: runs.actionId, headline: runs.headline, result: runResults })
    .from(runs)
    .leftJoin(runResults, eq(runResults.runId, runs.id))
    .where(eq(runs.id, runId))
  return row
}

/** Which rows, in which order. Keys are those of the result's columns. */
export interface RowSelection {
  /** Each must be in the row, in lower case. */
  words: readonly string[]
  filter: ReadonlyArray<{ key: string; value: string }>
  /** Those alone that the run before had not. */
  isNew?: true | undefined
  sort?: { column: SentColumn | 'machine'; descending: boolean } | undefined
}

type Kept = Pick<ResultOfRun, 'runId' | 'rows'>

function selected({ runId, rows }: Kept, { words, filter, isNew }: RowSelection): SQL | undefined {
  return and(
    eq(runResultRows.runId, runId),
    lt(runResultRows.position, rows),
    isNew && eq(runResultRows.isNew, true),
    ...words.map((word) => sql`strpos(${runResultRows.searched}, ${word}) > 0`),
    ...filter.map(({ key, value }) => sql`${textOfCell(key)} = ${value}`),
  )
}

export async function countRows(db: Database, kept: Kept, selection: RowSelection): Promise<number> {
  return db.$count(runResultRows, selected(kept, selection))
}

/** Whether any row is about a machine. */
export async function hasMachines(db: Database, { runId, rows }: Kept): Promise<boolean> {
  const [found] = await db
    .select({ position: runResultRows.position })
    .from(runResultRows)
    .where(and(eq(runResultRows.runId, runId), lt(runResultRows.position, rows), isNotNull(runResultRows.machine)))
    .limit(1)
  return found !== undefined
}

/** A page of rows after the one at a position. What is not known comes last, whichever way it is sorted. */
export async function listRows(
  db: Database,
  kept: Kept,
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
    const last = sql`(select ${sorted} from ${runResultRows} where ${runResultRows.runId} = ${kept.runId} and ${position} = ${after})`
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

/** A cell as text: a message is found and sorted by its English. */
const textOfCell = (key: string): SQL =>
  sql`coalesce(${runResultRows.cells} -> ${key}::text ->> 'text', ${runResultRows.cells} ->> ${key}::text)`

/** The values of a column in all the rows, the most frequent first. */
export async function countValues(
  db: Database,
  { runId, rows }: Kept,
  { key, limit }: { key: string; limit: number },
): Promise<Array<{ value: string; message: Message; rows: number }>> {
  const counted = await db.execute<{ value: string; message: Message; rows: number }>(sql`
    select value, (array_agg(cell))[1] as message, count(*)::int as rows from (
      select ${textOfCell(key)} as value, ${runResultRows.cells} -> ${key}::text as cell from ${runResultRows}
      where ${runResultRows.runId} = ${runId} and ${runResultRows.position} < ${rows}
    ) cells where value is not null group by value order by count(*) desc, value limit ${limit}`)
  return [...counted]
}

/** So many cells on a side has the net in which rows are one place. */
const NET = 12
/** In degrees. A net that is finer would tear a yard apart. */
const LEAST_CELL = 0.125

/** Where the rows of a selection are. */
export async function countPlaces(
  db: Database,
  kept: Kept,
  { key, namedBy, ...selection }: RowSelection & { key: string; namedBy: string | undefined },
): Promise<ResultMap['places']> {
  const cell = sql`${runResultRows.cells} ->> ${key}`
  const name = namedBy === undefined ? sql`null::text` : textOfCell(namedBy)
  // To 10 cm: PostgreSQL refuses to reckon with a difference that is next to nothing.
  const degreesOf = (nth: 1 | 2) => sql`round(split_part(${cell}, ',', ${nth}::int)::numeric, 6)::float8`
  const inNet = (value: string) => {
    const [degrees, lowest, highest] = [value, `lowest_${value}`, `highest_${value}`].map((part) => sql.raw(part))
    return sql`least(${NET - 1}, floor((${degrees} - ${lowest}) / greatest((${highest} - ${lowest}) / ${NET}, ${LEAST_CELL})))`
  }
  const places = await db.execute<ResultMap['places'][number]>(sql`
    with located as materialized (
      select ${degreesOf(1)} latitude, ${degreesOf(2)} longitude, ${name} as name
      from ${runResultRows} where ${selected(kept, selection)} and ${cell} is not null
    ), bounded as (
      select *, min(latitude) over () lowest_latitude, max(latitude) over () highest_latitude,
        min(longitude) over () lowest_longitude, max(longitude) over () highest_longitude
      from located
    )
    select avg(latitude) latitude, avg(longitude) longitude, count(*)::int as rows,
      mode() within group (order by name) as name, greatest(count(distinct name) - 1, 0)::int as "otherNames"
    from bounded group by ${inNet('latitude')}, ${inNet('longitude')} order by count(*) desc, 1, 2`)
  return [...places]
}

/** All rows in the action's own order, a batch in memory at a time. */
export async function* readRows(db: Database, kept: Kept, { batch = 1_000 } = {}): AsyncGenerator<SentRow[]> {
  let after: number | undefined
  for (;;) {
    const rows = await listRows(db, kept, { words: [], filter: [], after, limit: batch })
    if (rows.length > 0) yield rows.map(({ position: _, ...row }) => row)
    if (rows.length < batch) return
    after = rows.at(-1)?.position
  }
}

/** Erases what the runs of an account found; the runs stay as history. */
export async function eraseResultsOf(tx: Transaction, accountId: string): Promise<void> {
  const ofAccount = tx.select({ id: runs.id }).from(runs).where(eq(runs.accountId, accountId))
  await tx.delete(runResults).where(inArray(runResults.runId, ofAccount))
}

/** Deletes the results of some of the runs that ended before, so that no statement is long. @returns how many went */
export async function deleteOldResults(db: Database, before: Date, { limit }: { limit: number }): Promise<number> {
  const old = db
    .select({ runId: runResults.runId })
    .from(runResults)
    .innerJoin(runs, eq(runs.id, runResults.runId))
    .where(lt(runs.endedAt, before))
    .limit(limit)
  const gone = await db.delete(runResults).where(inArray(runResults.runId, old)).returning({ runId: runResults.runId })
  return gone.length
}
