import type { MachineFilter } from '@standin/contracts'
import { and, asc, eq, isNotNull, isNull, not, type SQL, sql } from 'drizzle-orm'
import type { InTransaction } from '../context.ts'
import type { Database, Transaction } from '../database/database.ts'
import { arrayParameter, isAmongGiven } from '../database/is-among.ts'
import { isReadWith, runs } from '../runs/run-table.ts'
import type { KnownMachine, Named, SeenCounters, SeenMachine } from './machine-register.ts'
import { machineReadings, machines, reportedSites } from './machine-table.ts'

type MachineRow = typeof machines.$inferSelect

const rowsAtOnce = 500
/** More than the runs of one account that can be open at once. */
const runsKept = 32
export const wasSeenIn = (runId: string): SQL => sql`${runId}::uuid = any(${machines.seenInRuns})`

export interface RunOfAccount {
  accountId: string
  runId: string
}

/** The scopes that a reader has; undefined if they are unknown, which allows all. */
export interface OwnScopes {
  own: readonly string[] | undefined
}

/** `question` is a digest of a run's action, mode and input: sites are compared with the last run that has the same one. */
export interface Asked {
  accountId: string
  question: string
}

/** All machines are one JSON parameter: a parameter for each cell would take most of the memory. */
export async function upsertMachines(
  tx: Transaction,
  { accountId, runId, readWith }: RunOfAccount & { readWith: readonly string[] },
  seen: readonly SeenMachine[],
): Promise<void> {
  const rows = [...new Map(seen.map((machine) => [machine.id, machine])).values()]
  if (rows.length === 0) return
  await tx.execute(sql`
    insert into ${machines} (account_id, machine_id, name, brand, model, serial_number, type, site_id, site_name, groups,
      latitude, longitude, address, last_seen_at, operating_hours, idle_hours, fuel_percent, battery_percent,
      counters_at, seen_at, seen_in_runs, read_with)
    select ${accountId}::uuid, id, name, brand, model, "serialNumber", type, site ->> 'id', site ->> 'name', groups,
      latitude, longitude, address, "lastSeenAt", "operatingHours", "idleHours", "fuelPercent", "batteryPercent",
      null, now(), array[${runId}::uuid], ${arrayParameter(readWith, 'text')}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as seen(id text, name text, brand text, model text,
      "serialNumber" text, type text, site jsonb, groups jsonb, latitude float8, longitude float8, address text,
      "lastSeenAt" timestamptz, "operatingHours" float8, "idleHours" float8, "fuelPercent" float8,
      "batteryPercent" float8)
    on conflict (account_id, machine_id) do update set
      name = excluded.name, brand = excluded.brand, model = excluded.model, type = excluded.type,
      serial_number = excluded.serial_number, address = excluded.address, groups = excluded.groups,
      site_id = excluded.site_id, site_name = excluded.site_name, latitude = excluded.latitude,
      longitude = excluded.longitude, last_seen_at = excluded.last_seen_at, operating_hours = excluded.operating_hours,
      idle_hours = excluded.idle_hours, fuel_percent = excluded.fuel_percent, battery_percent = excluded.battery_percent,
      counters_at = null, seen_at = now(), gone_at = null, read_with = excluded.read_with,
      seen_in_runs = (array_prepend(${runId}::uuid, array_remove(${machines}.seen_in_runs, ${runId}::uuid)))[:${runsKept}::int]`)
}

/** Machines that another run has read since this one began are not gone. */
export async function markGone(tx: Transaction, { accountId, runId }: RunOfAccount): Promise<void> {
  const beganAt = sql`(select created_at from ${runs} where account_id = ${accountId}::uuid and id = ${runId}::uuid)`
  await tx
    .update(machines)
    .set({ goneAt: sql`now()` })
    .where(
      and(
        eq(machines.accountId, accountId),
        isNull(machines.goneAt),
        not(wasSeenIn(runId)),
        sql`${machines.seenAt} < ${beganAt}`,
      ),
    )
}

/**
 * Null leaves a value as it is. A counter that is later than the machine's last report counts as a report.
 * The lateral join makes PostgreSQL look up each machine by its key: without statistics, in a table just filled, it would
 * compare every counter with every machine.
 */
export async function updateCounters(
  tx: Transaction,
  { accountId, runId, readWith }: RunOfAccount & { readWith: readonly string[] },
  counters: readonly SeenCounters[],
): Promise<void> {
  if (counters.length === 0) return
  await tx.execute(sql`
    update ${machines} m set
      operating_hours = coalesce(c."operatingHours", m.operating_hours),
      idle_hours = coalesce(c."idleHours", m.idle_hours),
      fuel_percent = coalesce(c."fuelPercent", m.fuel_percent),
      latitude = coalesce(c.latitude, m.latitude),
      longitude = coalesce(c.longitude, m.longitude),
      counters_at = c.at,
      read_with = array(select distinct unnest(m.read_with || ${arrayParameter(readWith, 'text')})),
      last_seen_at = greatest(m.last_seen_at, c.at)
    from jsonb_to_recordset(${JSON.stringify(counters)}::jsonb) as c(id text, at timestamptz, "operatingHours" float8,
      "idleHours" float8, "fuelPercent" float8, latitude float8, longitude float8)
    cross join lateral (
      select ctid as place from ${machines} where account_id = ${accountId}::uuid and machine_id = c.id
        and ${runId}::uuid = any(seen_in_runs) offset 0
    ) found
    where m.ctid = found.place`)
}

/** A filter as a condition; a list that is left out filters nothing. */
export function matching({ groupIds, siteIds, types }: MachineFilter): SQL | undefined {
  return and(
    isAmongGiven(machines.siteId, siteIds),
    isAmongGiven(machines.type, types),
    sql`(${groupIds === undefined}::boolean or exists (
      select from jsonb_array_elements(${machines.groups}) g where g ->> 'id' = any(${arrayParameter(groupIds ?? [], 'text')})))`,
  )
}

/** In pages, by name and then by id. */
async function* inPages(db: Database, { accountId, question, own }: Asked & OwnScopes, which: SQL | undefined) {
  const name = sql`coalesce(${machines.name}, '')`
  const { accountId: ofAccount, question: asked, machineId } = reportedSites
  for (let last: MachineRow | undefined; ; ) {
    const after = last && sql`(${name}, ${machines.machineId}) > (${last.name ?? ''}, ${last.machineId})`
    const rows: FoundMachine[] = await db
      .select({ machine: machines, reported: reportedSites })
      .from(machines)
      .leftJoin(reportedSites, and(eq(ofAccount, accountId), eq(asked, question), eq(machineId, machines.machineId)))
      .where(and(eq(machines.accountId, accountId), isReadWith(own, machines.readWith), which, after))
      .orderBy(name, asc(machines.machineId))
      .limit(rowsAtOnce)
    if (rows.length > 0) yield rows.map(toKnownMachine)
    last = rows.at(-1)?.machine
    if (rows.length < rowsAtOnce) return
  }
}

export function listMachines(
  db: Database,
  { filter = {}, runId, ...asked }: Asked & OwnScopes & { filter?: MachineFilter; runId?: string | undefined },
): AsyncGenerator<KnownMachine[]> {
  return inPages(db, asked, and(runId ? wasSeenIn(runId) : undefined, matching(filter)))
}

/** The machines that a run read, as they were last read, by name and then by id. Of the account's last 32 runs. */
export function listSeen(
  db: Database,
  {
    accountId,
    runId,
    own,
    filter,
    offset,
    limit,
  }: RunOfAccount & OwnScopes & { filter: MachineFilter; offset: number; limit: number },
) {
  const { machineId: id, name, brand, model, serialNumber } = machines
  return db
    .select({ id, name, brand, model, serialNumber })
    .from(machines)
    .where(
      and(eq(machines.accountId, accountId), isReadWith(own, machines.readWith), wasSeenIn(runId), matching(filter)),
    )
    .orderBy(sql`coalesce(${name}, '')`, asc(id))
    .offset(offset)
    .limit(limit)
}

/** Machines that an earlier run with the same question reported and this run has not read. */
export function listGone(
  db: Database,
  { runId, filter = {}, ...asked }: RunOfAccount & Asked & OwnScopes & { filter?: MachineFilter | undefined },
): AsyncGenerator<KnownMachine[]> {
  return inPages(db, asked, and(not(wasSeenIn(runId)), isNotNull(reportedSites.machineId), matching(filter)))
}

/** Erases some of what is kept about an account's machines. @returns whether there may be more */
export async function eraseMachinesOf({ db }: InTransaction, accountId: string): Promise<boolean> {
  for (const table of [machineReadings, reportedSites, machines]) {
    const erased = await db.execute(sql`
      delete from ${table} where ctid = any(array(
        select ctid from ${table} where account_id = ${accountId} limit ${erasedAtOnce}::int)) returning 1`)
    if (erased.length === erasedAtOnce) return true
  }
  return false
}

/** Takes some tens of milliseconds. */
const erasedAtOnce = 10_000

interface FoundMachine {
  machine: MachineRow
  reported: typeof reportedSites.$inferSelect | null
}

function toKnownMachine({ machine: row, reported }: FoundMachine): KnownMachine {
  const { machineId, siteId, siteName, accountId, countersAt, seenAt, seenInRuns, goneAt, readWith, ...machine } = row
  return {
    ...machine,
    id: machineId,
    site: named(siteId, siteName),
    reportedSite: reported ? named(reported.siteId, reported.siteName) : undefined,
  }
}

export const named = (id: string | null, name: string | null): Named | null =>
  id === null ? null : { id, name: name ?? id }
