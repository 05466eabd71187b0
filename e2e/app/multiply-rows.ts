import type { Stack } from '../stack.ts'

/** A run of that many machines would take half a minute; repeating its rows gives a table of the same length. */
export async function multiplyRows({ sql }: Stack, run: string, rows: number): Promise<void> {
  await sql`
    insert into run_result_rows (account_id, run_id, position, row_id, machine, cells, is_new, searched)
    select account_id, run_id, own.rows * copy + position, row_id || '-' || copy, machine, cells, is_new, searched
    from run_result_rows, (select rows from run_results where run_id = ${run}) own, generate_series(1, ${rows}) copy
    where run_id = ${run} and own.rows * copy + position < ${rows}`
  await sql`update run_results set rows = ${rows} where run_id = ${run}`
}
