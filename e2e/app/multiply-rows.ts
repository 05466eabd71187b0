import { connectDatabase } from '../../packages/standin/src/database/database.ts'
import { countResult } from '../../packages/standin/src/results/count-result.ts'
import { findResult, keepResult } from '../../packages/standin/src/results/result-store.ts'
import type { Stack } from '../stack.ts'

/**
 * A run of that many machines would take half a minute; repeating its rows gives a table of the same length, which is counted
 * as at the end of a run.
 */
export async function multiplyRows({ sql, databaseUrl }: Stack, run: string, rows: number): Promise<void> {
  await sql`
    insert into run_result_rows (account_id, run_id, position, row_id, machine, cells, is_new, searched)
    select account_id, run_id, own.rows * copy + position, row_id || '-' || copy, machine, cells, is_new, searched
    from run_result_rows, (select rows from run_results where run_id = ${run}) own, generate_series(1, ${rows}) copy
    where run_id = ${run} and own.rows * copy + position < ${rows}`
  const [of] = await sql<{ accountId: string }[]>`
    update run_results set rows = ${rows} where run_id = ${run} returning account_id as "accountId"`
  if (!of) throw new Error('the run has no result')
  const { db, close } = connectDatabase(databaseUrl, { pool: 1 })
  const key = { id: run, accountId: of.accountId }
  const result = (await findResult(db, key))?.result
  if (result) await db.transaction(async (tx) => keepResult(tx, key, { counts: await countResult(tx, result) }))
  await close()
}
