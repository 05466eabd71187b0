import type { Sql } from 'postgres'

/**
 * The plan of a query over runs and their deliveries when most of them belong to other accounts. In tables of a few rows all
 * indexes cost the same, and which one is chosen depends on whether they were analyzed in the meantime.
 * @param runId a run that is copied for many other accounts, with its deliveries
 */
export async function planAmongMany(
  sql: Sql,
  { sql: text, params }: { sql: string; params: unknown[] },
  runId: string,
): Promise<string> {
  await sql`insert into runs
    select (jsonb_populate_record(run, jsonb_build_object('id', gen_random_uuid(), 'account_id', gen_random_uuid()))).*
    from runs run, generate_series(1, 2000) where run.id = ${runId}`
  await sql`insert into deliveries
    select (jsonb_populate_record(delivery, jsonb_build_object('run_id', run.id, 'account_id', run.account_id))).*
    from deliveries delivery join runs run on run.account_id <> delivery.account_id where delivery.run_id = ${runId}`
  await sql`analyze runs, deliveries`
  const lines = await sql.unsafe(`explain ${text}`, params as string[])
  return lines.map((row) => row['QUERY PLAN']).join('\n')
}
