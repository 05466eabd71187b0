import { pipeline } from 'node:stream/promises'
import type { Sql, TransactionSql } from 'postgres'
import { advisoryLocks } from './advisory-locks.ts'

export interface CopiedTable {
  name: string
  rows: number
}

/** Why a database was not moved, for the operator. */
export class MoveRefused extends Error {
  override readonly name = 'MoveRefused'
}

/**
 * Copies all tables into another database, which already has them empty: everything is read as of one moment and written as a
 * whole or not at all. Nothing else can write to either database during the move: a server that starts then has to wait, and
 * makes the move fail, since it would keep using the source database.
 * @throws MoveRefused if a server runs on either database, the target is not empty, or a count differs
 */
export async function moveDatabase(from: Sql, to: Sql): Promise<CopiedTable[]> {
  const tables = await listTables(from) // Before the transaction, whose snapshot must be taken after the locks.
  return from.begin('isolation level repeatable read read only', async (source) =>
    to.begin(async (target) => {
      await keepOthersFromWriting(source, tables, 'The source database')
      await keepOthersFromWriting(target, tables, 'The target database')
      await refuseUnlessEmpty(target, tables)
      const copied: CopiedTable[] = []
      for (const { name, columns } of tables) {
        const listed = columns.map(quoted).join(', ')
        await pipeline(
          await source.unsafe(`copy (select ${listed} from ${quoted(name)}) to stdout`).readable(),
          await target.unsafe(`copy ${quoted(name)} (${listed}) from stdin`).writable(),
        )
        const [before, after] = [await countRows(source, name), await countRows(target, name)]
        if (before !== after)
          throw new MoveRefused(`${name}: ${before} rows were read and ${after} written. Nothing was moved.`)
        copied.push({ name, rows: after })
      }
      await moveSequences(target)
      await refuseWhereOneHasStarted(source, 'the source database')
      await refuseWhereOneHasStarted(target, 'the target database')
      return copied
    }),
  )
}

const lockPatience = '5s'

/** Locks the tables against writing until the transaction ends. Others can still read. */
async function keepOthersFromWriting(sql: TransactionSql, tables: readonly Table[], which: string): Promise<void> {
  await sql.unsafe(`set local lock_timeout = '${lockPatience}'`)
  const names = tables.map(({ name }) => quoted(name)).join(', ')
  await sql.unsafe(`lock table ${names} in share row exclusive mode`).catch((error: unknown) => {
    const isTaken = error instanceof Error && 'code' in error && error.code === '55P03'
    throw isTaken ? new MoveRefused(`${which} is being written to. Stop the writer first.`) : error
  })
  const servers = await countServers(sql)
  if (servers > 0)
    throw new MoveRefused(
      `${which} is in use by ${servers} running servers. Stop them first: what they write during the move would be lost.`,
    )
}

/** A server that is starting and was not counted yet waits for these locks. */
async function refuseWhereOneHasStarted(sql: TransactionSql, which: string): Promise<void> {
  const waiting = await sql`select 1 from pg_stat_activity where pg_backend_pid() = any(pg_blocking_pids(pid))`
  if (waiting.length > 0 || (await countServers(sql)) > 0)
    throw new MoveRefused(
      `A server started on ${which} during the copy. Nothing was moved or lost: stop that server, then move again.`,
    )
}

async function countServers(sql: TransactionSql): Promise<number> {
  const alive = await sql`
    select 1 from pg_locks where locktype = 'advisory' and objsubid = 2 and granted and classid = ${advisoryLocks.replicas}
      and database = (select oid from pg_database where datname = current_database())`
  return alive.length
}

async function refuseUnlessEmpty(sql: TransactionSql, tables: readonly Table[]): Promise<void> {
  for (const { name } of tables) {
    const rows = await countRows(sql, name)
    if (rows > 0) throw new MoveRefused(`The target database is not empty: ${name} has ${rows} rows. Use an empty one.`)
  }
}

interface Table {
  name: string
  columns: string[]
}

/** Referenced tables come first. */
async function listTables(sql: Sql): Promise<Table[]> {
  const tables = await sql<Array<Table & { needs: string[] }>>`
    select c.relname as name,
      array_to_json(array(select attname::text from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped
        and attgenerated = '' order by attnum)) as columns,
      array_to_json(array(select distinct f.relname::text from pg_constraint k join pg_class f on f.oid = k.confrelid
        where k.conrelid = c.oid and k.contype = 'f' and f.oid <> c.oid)) as needs
    from pg_class c where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace order by c.relname`
  const ordered: Table[] = []
  let left = [...tables]
  while (left.length > 0) {
    const next = left.filter(({ needs }) => needs.every((need) => ordered.some(({ name }) => name === need)))
    if (next.length === 0) throw new MoveRefused('Tables refer to each other in a circle.')
    ordered.push(...next.map(({ name, columns }) => ({ name, columns })))
    left = left.filter((table) => !next.includes(table))
  }
  return ordered
}

/** Sequences continue after the last number that was copied. */
async function moveSequences(sql: TransactionSql): Promise<void> {
  const owned = await sql<Array<{ sequence: string; table: string; column: string }>>`
    select s.oid::regclass::text as sequence, t.relname as "table", a.attname as "column"
    from pg_class s
    join pg_depend d on d.objid = s.oid and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i')
    join pg_class t on t.oid = d.refobjid
    join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
    where s.relkind = 'S' and t.relnamespace = 'public'::regnamespace`
  for (const { sequence, table, column } of owned)
    await sql.unsafe(
      `select setval('${sequence}', (select max(${quoted(column)}) from ${quoted(table)})) where exists (select 1 from ${quoted(table)})`,
    )
}

async function countRows(sql: TransactionSql, table: string): Promise<number> {
  const [row] = await sql.unsafe<Array<{ count: number }>>(`select count(*)::int as count from ${quoted(table)}`)
  return row?.count ?? 0
}

/** Names come from the catalogue, and are quoted anyway. */
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
