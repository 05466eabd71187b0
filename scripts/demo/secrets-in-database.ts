import postgres from 'postgres'
import { startEmbeddedPostgres } from 'standin/embedded-postgres'

/** What the database has of a secret: the public header of the sealed value, and whether the plain secret is anywhere. */
export async function lookForSecret(
  dataDir: string,
  secret: string,
): Promise<{ header: Record<string, unknown>; foundIn: string[] }> {
  const database = await startEmbeddedPostgres({ dataDir })
  const sql = postgres(database.url, { max: 1, fetch_types: false })
  try {
    const tables = await sql<{ name: string }[]>`
      select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`
    const foundIn: string[] = []
    for (const { name } of tables) {
      const [row] = await sql.unsafe(`select count(*)::int as count from ${name} t where t::text like $1`, [
        `%${secret}%`,
      ])
      if (row?.count > 0) foundIn.push(name)
    }
    const [sealed] = await sql<
      { value: string }[]
    >`select sealed_secret as value from credentials where sealed_secret is not null limit 1`
    const header = JSON.parse(Buffer.from(sealed?.value.split('.')[0] ?? '', 'base64url').toString() || '{}')
    return { header, foundIn }
  } finally {
    await sql.end()
    await database.stop()
  }
}
