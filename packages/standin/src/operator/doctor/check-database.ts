import { randomUUID } from 'node:crypto'
import type { Sql } from 'postgres'
import { mostSkewMs } from './check-addresses.ts'
import { type Finding, good, note, wrong } from './finding.ts'

/** Whether the database does what "answered 2xx is on disk" needs. Without a pooler each connection sets its own commits. */
export async function checkDatabase(sql: Sql, { isPooled }: { isPooled: boolean }): Promise<Finding[]> {
  const [row] = await sql<Array<{ version: number; fsync: string; commit: string; standbys: string }>>`
    select current_setting('server_version_num')::int as version, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as commit, current_setting('synchronous_standby_names') as standbys`
  if (!row) return [wrong('database', 'It says nothing about itself.')]
  const { version, fsync, standbys } = row
  const commit = isPooled ? row.commit : 'on'
  const major = Math.floor(version / 10_000)
  const isOnDisk = fsync === 'on' && ['on', 'remote_apply'].includes(commit)
  return [
    major >= 15
      ? good('database', `PostgreSQL ${major}.`)
      : wrong('database', `PostgreSQL ${major}: 15 or newer is needed.`),
    isOnDisk
      ? standbys
        ? good('commits', 'on disk and on a standby before they are answered.')
        : note(
            'commits',
            'on disk before they are answered, and on no synchronous standby: a failover can lose the last callbacks. Set synchronous_standby_names.',
          )
      : wrong(
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
    ? wrong('tables', `${known - count} migrations are missing: start a server of this version, it makes them.`)
    : wrong('tables', 'of a newer version. Use that version of Standin.')
}

/** Whether this machine's clock and the database's agree: what is due, and what has expired, goes by either. */
export async function checkDatabaseClock(sql: Sql, now: () => Date): Promise<Finding> {
  const askedAtMs = now().getTime()
  const [row] = await sql<Array<{ ms: number }>>`select extract(epoch from clock_timestamp())::float8 * 1000 as ms`
  const skewMs = Math.abs((row?.ms ?? 0) - (askedAtMs + now().getTime()) / 2)
  const off = `${Math.round(skewMs / 1_000)} s off this machine's clock`
  return skewMs <= mostSkewMs
    ? good('database clock', `${off}.`)
    : wrong('database clock', `${off}: tokens and runs would be late or too early. Set both clocks (NTP).`)
}

const listenPatienceMs = 3_000

/**
 * Whether what one connection says reaches another that listens: through a transaction pooler it does not.
 * @param direct one connection of its own to where a server listens
 */
export async function checkListen(sql: Sql, direct: Sql): Promise<Finding> {
  const channel = `doctor_${randomUUID().replaceAll('-', '')}`
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const net = setTimeout(() => resolve(false), listenPatienceMs)
  try {
    await Promise.race([direct.listen(channel, () => resolve(true)), promise]) // It may be tried for ever.
    await sql`select pg_notify(${channel}, '')`
    if (await promise) return good('notifications', 'arrive.')
  } catch {
    // Said below.
  } finally {
    clearTimeout(net)
  }
  return wrong(
    'notifications',
    'do not arrive: replicas would hear of changes late. Set DATABASE_DIRECT_URL to the server itself, past a transaction pooler.',
  )
}

/** Whether the audit's rows can be verified: what signed the ends of its chains, and its oldest and newest rows. */
export async function checkAuditKeys(sql: Sql, known: readonly string[]): Promise<Finding> {
  const rows = await sql<Array<{ kid: string }>>`
    select kid from audit_heads union select kid from audit_checkpoints
    union select kid from (select kid from audit_entries order by id limit 1000) oldest where kid is not null
    union select kid from (select kid from audit_entries order by id desc limit 1000) newest where kid is not null`
  const lacking = rows.map(({ kid }) => kid).filter((kid) => !known.includes(kid))
  return lacking.length === 0
    ? good('audit keys', 'have signed what is there.')
    : wrong(
        'audit keys',
        `rows are signed with ${lacking.join(', ')}, which STANDIN_AUDIT_KEYS does not have: "audit verify" takes them for changed. Add it, after the one that writes.`,
      )
}
