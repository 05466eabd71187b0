import type { MachineFilter } from '@standin/contracts'
import { and, asc, eq, gt, gte, inArray, isNotNull, not, type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../../database/database.ts'
import type {
  KnownMachine,
  MachineHistory,
  MachineReading,
  Named,
  SeenCounters,
  SeenMachine,
} from './machine-register.ts'
import { machineReadings, machines, toldPlaces } from './machine-table.ts'

type MachineRow = typeof machines.$inferSelect

const rowsAtOnce = 500
/** Seconds: with one reading in six hours, a machine has at most four a day, however often runs read. */
const slotS = 6 * 3_600

/** A run is not far behind so many others of its account: how many may be open at once is bounded. */
const runsKept = 32
const wasSeenIn = (runId: string): SQL => sql`${runId}::uuid = any(${machines.seenInRuns})`

interface RunOfAccount {
  accountId: string
  runId: string
}

/** What a run is asked: what it tells of places is compared with the last one that was asked the same. */
interface Asked {
  accountId: string
  question: string
}

/** An account's questions whose places are kept: of a large fleet each is twenty thousand rows. */
const questionsKept = 16

/** As one parameter: a row for each of a hundred machines, with a parameter for each column, would be most of the memory. */
export async function upsertMachines(
  tx: Transaction,
  { accountId, runId }: RunOfAccount,
  seen: readonly SeenMachine[],
): Promise<void> {
  const rows = [...new Map(seen.map((machine) => [machine.id, machine])).values()]
  if (rows.length === 0) return
  await tx.execute(sql`
    insert into ${machines} (account_id, machine_id, name, brand, model, serial_number, type, site_id, site_name, groups,
      latitude, longitude, address, last_seen_at, operating_hours, idle_hours, fuel_percent, battery_percent,
      counters_at, seen_at, seen_in_runs)
    select ${accountId}::uuid, id, name, brand, model, "serialNumber", type, site ->> 'id', site ->> 'name', groups,
      latitude, longitude, address, "lastSeenAt", "operatingHours", "idleHours", "fuelPercent", "batteryPercent",
      null, now(), array[${runId}::uuid]
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
      counters_at = null, seen_at = now(),
      seen_in_runs = (array_prepend(${runId}::uuid, array_remove(${machines}.seen_in_runs, ${runId}::uuid)))[:${runsKept}::int]`)
}

/**
 * Each machine is found by its key: while nothing is known of a table that has just been filled, PostgreSQL would compare
 * every counter with every machine.
 * What is null stays as it was; where the counters stand later than the machine was last heard of, it is heard of then.
 */
export async function updateCounters(
  tx: Transaction,
  { accountId, runId }: RunOfAccount,
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
      last_seen_at = greatest(m.last_seen_at, c.at)
    from jsonb_to_recordset(${JSON.stringify(counters)}::jsonb) as c(id text, at timestamptz, "operatingHours" float8,
      "idleHours" float8, "fuelPercent" float8, latitude float8, longitude float8)
    cross join lateral (
      select ctid as place from ${machines} where account_id = ${accountId}::uuid and machine_id = c.id
        and ${runId}::uuid = any(seen_in_runs) offset 0
    ) found
    where m.ctid = found.place`)
}

/** The later reading of a slot stays. A machine that was never heard of has none. */
export async function insertReadings(tx: Transaction, { accountId, runId }: RunOfAccount): Promise<void> {
  await tx.execute(sql`
    insert into ${machineReadings} (account_id, machine_id, slot, at, operating_hours, idle_hours, fuel_percent)
    select account_id, machine_id, floor(extract(epoch from coalesce(counters_at, last_seen_at)) / ${slotS})::int,
      coalesce(counters_at, last_seen_at), operating_hours, idle_hours, fuel_percent
    from ${machines}
    where account_id = ${accountId}::uuid and ${runId}::uuid = any(seen_in_runs) and operating_hours is not null
      and coalesce(counters_at, last_seen_at) is not null
    on conflict (account_id, machine_id, slot) do update set
      at = excluded.at, operating_hours = excluded.operating_hours,
      idle_hours = coalesce(excluded.idle_hours, ${machineReadings}.idle_hours),
      fuel_percent = coalesce(excluded.fuel_percent, ${machineReadings}.fuel_percent)
    where excluded.at >= ${machineReadings}.at`)
}

/** Those of the filter; a list that is not given asks nothing. */
function matching({ groupIds, siteIds, types }: MachineFilter): SQL | undefined {
  return and(
    siteIds ? inArray(machines.siteId, siteIds) : undefined,
    types ? inArray(machines.type, types) : undefined,
    groupIds
      ? sql`exists (select 1 from jsonb_array_elements(${machines.groups}) g where ${inArray(sql`g ->> 'id'`, groupIds)})`
      : undefined,
  )
}

/** In pages, by name and then by id. */
async function* inPages(db: Database, { accountId, question }: Asked, which: SQL | undefined) {
  const name = sql`coalesce(${machines.name}, '')`
  const { accountId: ofAccount, question: asked, machineId } = toldPlaces
  for (let last: MachineRow | undefined; ; ) {
    const after = last && sql`(${name}, ${machines.machineId}) > (${last.name ?? ''}, ${last.machineId})`
    const rows: FoundMachine[] = await db
      .select({ machine: machines, told: toldPlaces })
      .from(machines)
      .leftJoin(toldPlaces, and(eq(ofAccount, accountId), eq(asked, question), eq(machineId, machines.machineId)))
      .where(and(eq(machines.accountId, accountId), which, after))
      .orderBy(name, asc(machines.machineId))
      .limit(rowsAtOnce)
    if (rows.length > 0) yield rows.map(toKnownMachine)
    last = rows.at(-1)?.machine
    if (rows.length < rowsAtOnce) return
  }
}

export function listMachines(
  db: Database,
  { filter = {}, runId, ...asked }: Asked & { filter?: MachineFilter; runId?: string | undefined },
): AsyncGenerator<KnownMachine[]> {
  return inPages(db, asked, and(runId ? wasSeenIn(runId) : undefined, matching(filter)))
}

/** What was told of before and the run has not seen. */
export function listGone(
  db: Database,
  { runId, filter = {}, ...asked }: RunOfAccount & Asked & { filter?: MachineFilter | undefined },
): AsyncGenerator<KnownMachine[]> {
  return inPages(db, asked, and(not(wasSeenIn(runId)), isNotNull(toldPlaces.machineId), matching(filter)))
}

const isAsked = ({ accountId, question }: Asked) =>
  and(eq(toldPlaces.accountId, accountId), eq(toldPlaces.question, question))

export async function hasTold(db: Database, asked: Asked): Promise<boolean> {
  const [row] = await db.select({ machineId: toldPlaces.machineId }).from(toldPlaces).where(isAsked(asked)).limit(1)
  return row !== undefined
}

/** Places are told as the run has them; what it has not seen is told as gone, once. */
export async function markTold(tx: Transaction, { accountId, runId, question }: RunOfAccount & Asked): Promise<void> {
  await tx.delete(toldPlaces).where(isAsked({ accountId, question }))
  await tx.execute(sql`
    insert into ${toldPlaces} (account_id, question, machine_id, site_id, site_name)
    select account_id, ${question}, machine_id, site_id, site_name from ${machines}
    where account_id = ${accountId}::uuid and ${wasSeenIn(runId)}`)
  await tx.execute(sql`
    delete from ${toldPlaces} where account_id = ${accountId}::uuid and question in (
      select question from ${toldPlaces} where account_id = ${accountId}::uuid
      group by question order by max(told_at) desc offset ${questionsKept}::int
    )`)
}

/** Machines with what was read of them since a moment, in pages by id. */
export async function* listHistories(
  db: Database,
  { accountId, since, filter = {} }: { accountId: string; since: Date; filter?: MachineFilter | undefined },
): AsyncGenerator<MachineHistory[]> {
  // Of each there are hundreds of readings in half a year.
  const machinesAtOnce = 50
  const { machineId, name, type, siteId, siteName } = machines
  for (let after = ''; ; ) {
    const page = await db
      .select({ machineId, name, type, siteId, siteName })
      .from(machines)
      .where(and(eq(machines.accountId, accountId), matching(filter), gt(machines.machineId, after)))
      .orderBy(asc(machines.machineId))
      .limit(machinesAtOnce)
    const ids = page.map(({ machineId }) => machineId)
    const read = ids.length > 0 ? await readingsOf(db, { accountId, since, ids }) : new Map<string, MachineReading[]>()
    if (page.length > 0) {
      yield page.map((row) => ({
        id: row.machineId,
        name: row.name,
        type: row.type,
        site: named(row.siteId, row.siteName),
        readings: read.get(row.machineId) ?? [],
      }))
    }
    after = ids.at(-1) ?? after
    if (page.length < machinesAtOnce) return
  }
}

async function readingsOf(
  db: Database,
  { accountId, since, ids }: { accountId: string; since: Date; ids: readonly string[] },
): Promise<Map<string, MachineReading[]>> {
  const rows = await db
    .select()
    .from(machineReadings)
    .where(
      and(
        eq(machineReadings.accountId, accountId),
        inArray(machineReadings.machineId, [...ids]),
        gte(machineReadings.at, since),
      ),
    )
    .orderBy(asc(machineReadings.machineId), asc(machineReadings.at))
  const readings = new Map<string, MachineReading[]>()
  for (const { machineId, at, operatingHours, idleHours, fuelPercent } of rows) {
    const ofMachine = readings.get(machineId) ?? []
    ofMachine.push({ at, operatingHours, idleHours, fuelPercent })
    readings.set(machineId, ofMachine)
  }
  return readings
}

export async function eraseMachinesOf(tx: Transaction, accountId: string): Promise<void> {
  await tx.delete(machineReadings).where(eq(machineReadings.accountId, accountId))
  await tx.delete(toldPlaces).where(eq(toldPlaces.accountId, accountId))
  await tx.delete(machines).where(eq(machines.accountId, accountId))
}

/** Deletes some of what is older, so that no statement is long. @returns how many rows went */
export async function deleteOldReadings(db: Database, before: Date): Promise<number> {
  const atOnce = 10_000
  const [old] = await db.execute<{ deleted: number }>(sql`
    with gone as (delete from ${machineReadings} where ctid in
      (select ctid from ${machineReadings} where at < ${before.toISOString()}::timestamptz limit ${atOnce}) returning 1),
    unseen as (delete from ${machines} where ctid in
      (select ctid from ${machines} where seen_at < ${before.toISOString()}::timestamptz limit ${atOnce}) returning 1)
    select ((select count(*) from gone) + (select count(*) from unseen))::int as deleted`)
  return old?.deleted ?? 0
}

/** What there is to filter by, each with how many machines, the most frequent first; a search narrows by name. */
export async function countChoices(
  db: Database,
  { accountId, search, limit }: { accountId: string; search: string; limit: number },
) {
  const like = `%${search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
  const choices = (from: SQL, { id, name }: { id: SQL; name: SQL }) =>
    db.execute<{ id: string; name: string; machines: number }>(sql`
      select ${id} as id, max(${name}) as name, count(*)::int as machines from ${from}
      where account_id = ${accountId}::uuid and ${id} is not null and lower(${name}) like ${like}
      group by ${id} order by count(*) desc, max(${name}), ${id} limit ${limit}`)
  const [groups, sites, types] = await Promise.all([
    choices(sql`${machines} cross join jsonb_array_elements(${machines.groups}) g`, {
      id: sql`(g ->> 'id')`,
      name: sql`(g ->> 'name')`,
    }),
    choices(sql`${machines}`, { id: sql`site_id`, name: sql`site_name` }),
    choices(sql`${machines}`, { id: sql`type`, name: sql`type` }),
  ])
  return { groups: [...groups], sites: [...sites], types: [...types] }
}

export async function countMachines(
  db: Database,
  { accountId, filter }: { accountId: string; filter: MachineFilter },
): Promise<{ known: number; matching: number }> {
  const [counts] = await db
    .select({
      known: sql<number>`count(*)::int`,
      matching: sql<number>`(count(*) filter (where ${matching(filter) ?? sql`true`}))::int`,
    })
    .from(machines)
    .where(eq(machines.accountId, accountId))
  return counts ?? { known: 0, matching: 0 }
}

interface FoundMachine {
  machine: MachineRow
  told: typeof toldPlaces.$inferSelect | null
}

function toKnownMachine({ machine: { machineId, siteId, siteName, ...row }, told }: FoundMachine): KnownMachine {
  const { name, brand, model, serialNumber, type, groups, latitude, longitude, address, lastSeenAt } = row
  const { operatingHours, idleHours, fuelPercent, batteryPercent } = row
  return {
    ...{ id: machineId, name, brand, model, serialNumber, type, groups, latitude, longitude, address, lastSeenAt },
    ...{ operatingHours, idleHours, fuelPercent, batteryPercent },
    site: named(siteId, siteName),
    toldSite: told ? named(told.siteId, told.siteName) : undefined,
  }
}

const named = (id: string | null, name: string | null): Named | null => (id === null ? null : { id, name: name ?? id })
