import { randomUUID } from 'node:crypto'
import type { Sql } from 'postgres'
import { mostSkewMs } from './check-addresses.ts'
import { type Finding, good, note, wrong } from './finding.ts'

/** What the database says of its own durability. */
interface Durability {
  version: number
  fsync: string
  commit: string
  /** `synchronous_standby_names`. */
  standbys: string
  /** How many receive its log now. */
  connected: number
  readOnly: string
}

export async function checkDatabase(sql: Sql, { isPooled }: { isPooled: boolean }): Promise<Finding[]> {
  const [row] = await sql<Durability[]>`
    select current_setting('server_version_num')::int as version, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as commit, current_setting('synchronous_standby_names') as standbys,
      (select count(*)::int from pg_stat_replication) as connected, current_setting('transaction_read_only') as "readOnly"`
  return row ? durabilityOf(row, { isPooled }) : [wrong('database', 'does not report its settings.')]
}

/** Whether a callback that was answered 2xx is on disk. Without a pooler each connection sets `synchronous_commit` itself. */
export function durabilityOf(row: Durability, { isPooled }: { isPooled: boolean }): Finding[] {
  const major = Math.floor(row.version / 10_000)
  return [
    major >= 15
      ? good('database', `PostgreSQL ${major}.`)
      : wrong('database', `PostgreSQL ${major}: 15 or newer is needed.`),
    row.readOnly === 'on'
      ? wrong(
          'commits',
          'refused: this is a standby, or default_transaction_read_only is on. DATABASE_URL must lead to the primary.',
        )
      : commitsOf(row, isPooled),
  ]
}

function commitsOf({ fsync, commit: ofSession, standbys, connected }: Durability, isPooled: boolean): Finding {
  const commit = isPooled ? ofSession : 'on'
  if (fsync !== 'on' || !['on', 'remote_apply'].includes(commit))
    return wrong(
      'commits',
      `fsync is ${fsync}, synchronous_commit ${commit}: a crash loses callbacks. Set both to on${isPooled ? ' for the role: through a pooler Standin cannot' : ''}.`,
    )
  if (!standbys)
    return note(
      'commits',
      'on disk before they are answered, but on no synchronous standby: a failover can lose the last callbacks. Set synchronous_standby_names.',
    )
  if (connected === 0)
    return wrong(
      'commits',
      'wait for a standby, and none is connected. Bring one back, or take it out of synchronous_standby_names.',
    )
  return good('commits', 'on disk and on a standby before they are answered.')
}

/** Whether the tables are those of this version. */
export async function checkMigrations(sql: Sql, known: number): Promise<Finding> {
  const [row] = await sql<Array<{ there: boolean }>>`
    select to_regclass('standin_migrations.__drizzle_migrations') is not null as there`
  const [made] = row?.there
    ? await sql<Array<{ count: number }>>`select count(*)::int as count from standin_migrations.__drizzle_migrations`
    : [{ count: 0 }]
  const count = made?.count ?? 0
  if (count === known) return good('tables', 'those of this version.')
  return count < known
    ? wrong('tables', `${known - count} migrations are missing: start a server of this version, which runs them.`)
    : wrong('tables', 'of a newer version. Use that version of Standin.')
}

/** Whether a server found that the database lacks what it saw committed: then no server serves. */
export async function checkHistory(sql: Sql): Promise<Finding> {
  const [row] = await sql<Array<{ by: string | null }>>`select found_behind_by as by from heartbeats`
  return row?.by
    ? wrong(
        'history',
        `went back: ${row.by}. No server serves. If it was restored, or failed over, run "database after-restore" and read "After a restore" in docs/operating.md.`,
      )
    : good('history', 'no server found that something it saw committed is lost.')
}

/** Whether this machine's clock agrees with the database's: both decide what is due and what has expired. */
export async function checkDatabaseClock(sql: Sql, now: () => Date): Promise<Finding> {
  const askedAtMs = now().getTime()
  const [row] = await sql<Array<{ ms: number }>>`select extract(epoch from clock_timestamp())::float8 * 1000 as ms`
  const skewMs = Math.abs((row?.ms ?? 0) - (askedAtMs + now().getTime()) / 2)
  const off = `${Math.round(skewMs / 1_000)} s off this machine's clock`
  return skewMs <= mostSkewMs
    ? good('database clock', `${off}.`)
    : wrong('database clock', `${off}: tokens and runs would be late or early. Synchronise both clocks (NTP).`)
}

const listenTimeoutMs = 3_000

/**
 * Whether a notification reaches another connection; through a transaction pooler it does not.
 * @param direct a connection to the address on which servers listen
 */
export async function checkListen(sql: Sql, direct: Sql): Promise<Finding> {
  const channel = `doctor_${randomUUID().replaceAll('-', '')}`
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const net = setTimeout(() => resolve(false), listenTimeoutMs)
  try {
    await Promise.race([direct.listen(channel, () => resolve(true)), promise]) // The driver retries without end.
    await sql`select pg_notify(${channel}, '')`
    if (await promise) return good('notifications', 'arrive.')
  } catch {
    // Reported below.
  } finally {
    clearTimeout(net)
  }
  return wrong(
    'notifications',
    'do not arrive: replicas would notice changes late. Set DATABASE_DIRECT_URL to the server itself, not to a transaction pooler.',
  )
}

/** Whether the keys that signed the audit are known: of the ends of its chains, and of its oldest and newest rows. */
export async function checkAuditKeys(sql: Sql, known: readonly string[]): Promise<Finding> {
  const rows = await sql<Array<{ kid: string }>>`
    select kid from audit_heads union select kid from audit_checkpoints
    union select kid from (select kid from hand_out_groups order by month, writer limit 1000) groups
    union select kid from (select kid from audit_entries order by id limit 1000) oldest where kid is not null
    union select kid from (select kid from audit_entries order by id desc limit 1000) newest where kid is not null`
  const lacking = rows.map(({ kid }) => kid).filter((kid) => !known.includes(kid))
  return lacking.length === 0
    ? good('audit keys', 'verify the audit.')
    : wrong(
        'audit keys',
        `rows are signed with ${lacking.join(', ')}, which STANDIN_AUDIT_KEYS does not have: "audit verify" reports them as changed. Add it, after the key that writes.`,
      )
}
