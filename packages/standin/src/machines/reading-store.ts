import type { MachineFilter } from '@standin/contracts'
import { and, asc, eq, gt, gte, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { daysAgo } from '../clock.ts'
import type { Context } from '../context.ts'
import type { Database, Transaction } from '../database/database.ts'
import { isAmong } from '../database/is-among.ts'
import { isReadWith } from '../runs/run-table.ts'
import type { MachineHistory, MachineReading } from './machine-register.ts'
import { matching, named, type OwnScopes, type RunOfAccount } from './machine-store.ts'
import { machineReadings, machines } from './machine-table.ts'

/** Seconds. One reading in six hours is at most four a day, however often runs read. */
const slotS = 6 * 3_600

/** Of two readings in one slot, the later one is kept. A machine that never reported has no readings. */
export async function insertReadings(tx: Transaction, { accountId, runId }: RunOfAccount): Promise<void> {
  await tx.execute(sql`
    insert into ${machineReadings} (account_id, machine_id, slot, at, operating_hours, idle_hours, fuel_percent, read_with)
    select account_id, machine_id, floor(extract(epoch from coalesce(counters_at, last_seen_at)) / ${slotS})::int,
      coalesce(counters_at, last_seen_at), operating_hours, idle_hours, fuel_percent, read_with
    from ${machines}
    where account_id = ${accountId}::uuid and ${runId}::uuid = any(seen_in_runs) and operating_hours is not null
      and coalesce(counters_at, last_seen_at) is not null
    on conflict (account_id, machine_id, slot) do update set
      at = excluded.at, operating_hours = excluded.operating_hours,
      idle_hours = coalesce(excluded.idle_hours, ${ifAlsoShown(machineReadings.idleHours)}),
      fuel_percent = coalesce(excluded.fuel_percent, ${ifAlsoShown(machineReadings.fuelPercent)}),
      read_with = excluded.read_with
    where excluded.at >= ${machineReadings}.at`)
}

/** An earlier value, if all readers of the new ones may see it. */
const ifAlsoShown = (value: PgColumn): SQL =>
  sql`case when ${machineReadings.readWith} <@ excluded.read_with then ${value} end`

/** Machines with their readings since a moment, in pages by id. */
export async function* listHistories(
  db: Database,
  {
    accountId,
    own,
    since,
    filter = {},
  }: OwnScopes & { accountId: string; since: Date; filter?: MachineFilter | undefined },
): AsyncGenerator<MachineHistory[]> {
  // Each machine has hundreds of readings in half a year.
  const machinesAtOnce = 50
  const { machineId, name, type, siteId, siteName } = machines
  for (let after = ''; ; ) {
    const page = await db
      .select({ machineId, name, type, siteId, siteName })
      .from(machines)
      .where(
        and(
          eq(machines.accountId, accountId),
          isReadWith(own, machines.readWith),
          matching(filter),
          gt(machines.machineId, after),
        ),
      )
      .orderBy(asc(machines.machineId))
      .limit(machinesAtOnce)
    const ids = page.map(({ machineId }) => machineId)
    if (page.length > 0) {
      const readings = await readingsOf(db, { accountId, own, since, ids })
      yield page.map(({ machineId: id, name, type, siteId, siteName }) => ({
        id,
        name,
        type,
        site: named(siteId, siteName),
        readings: readings.get(id)?.map(({ reading }) => reading) ?? [],
      }))
    }
    after = ids.at(-1) ?? after
    if (page.length < machinesAtOnce) return
  }
}

async function readingsOf(
  db: Database,
  { accountId, own, since, ids }: OwnScopes & { accountId: string; since: Date; ids: string[] },
): Promise<Map<string, Array<{ reading: MachineReading }>>> {
  const { machineId, at, operatingHours, idleHours, fuelPercent } = machineReadings
  const rows = await db
    .select({ machineId, reading: { at, operatingHours, idleHours, fuelPercent } })
    .from(machineReadings)
    .where(
      and(
        eq(machineReadings.accountId, accountId),
        isAmong(machineId, ids),
        gte(at, since),
        isReadWith(own, machineReadings.readWith),
      ),
    )
    .orderBy(asc(machineId), asc(at))
  return Map.groupBy(rows, (row) => row.machineId)
}

/** Deletes some readings, and machines not read since, that are older than the settings allow. @returns whether there may be more */
export async function ageOutReadings({ db, clock, config }: Context): Promise<boolean> {
  return (await deleteOldReadings(db, daysAgo(clock, config.retention.readingDays))) > 0
}

/** Deletes a bounded number of rows, so that the statement does not take long. @returns how many */
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
