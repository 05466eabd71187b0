import type { Sql } from 'postgres'
import { bad, type Finding, good } from './finding.ts'

/** Whether the database does what "answered 2xx is on disk" needs. */
export async function checkDatabase(sql: Sql, { isPooled }: { isPooled: boolean }): Promise<Finding[]> {
  const [row] = await sql<Array<{ version: number; fsync: string; commit: string; standbys: string }>>`
    select current_setting('server_version_num')::int as version, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as commit, current_setting('synchronous_standby_names') as standbys`
  if (!row) return [bad('database', 'It says nothing about itself.')]
  const { version, fsync, commit, standbys } = row
  const major = Math.floor(version / 10_000)
  const isOnDisk = fsync === 'on' && ['on', 'remote_apply'].includes(commit)
  return [
    major >= 15
      ? good('database', `PostgreSQL ${major}.`)
      : bad('database', `PostgreSQL ${major}: 15 or newer is needed.`),
    isOnDisk
      ? good(
          'commits',
          `on disk before they are answered${standbys ? '' : '; no synchronous standby, so a failover can lose the last ones'}.`,
        )
      : bad(
          'commits',
          `fsync is ${fsync}, synchronous_commit ${commit}: a crash loses callbacks. Set both to on${isPooled ? ' for the role: through a pooler Standin cannot' : ''}.`,
        ),
  ]
}

/** Whether its tables are those of this version. */
export async function checkMigrations(sql: Sql, known: number): Promise<Finding> {
  const [row] = await sql<Array<{ there: boolean }>>`
    select to_regclass('standin_migrations.__drizzle_migrations') is not null as there`
  const [made] = row?.there
    ? await sql<Array<{ count: number }>>`select count(*)::int as count from standin_migrations.__drizzle_migrations`
    : [{ count: 0 }]
  const count = made?.count ?? 0
  if (count === known) return good('tables', 'those of this version.')
  return count < known
    ? bad('tables', `${known - count} migrations are missing: start a server of this version, it makes them.`)
    : bad('tables', 'of a newer version. Use that version of Standin.')
}
