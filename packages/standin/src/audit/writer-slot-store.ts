import { sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { auditWriters } from './audit-table.ts'

interface Lease {
  /** Of one process. */
  holder: string
  leaseMs: number
}

const until = (leaseMs: number) => sql`now() + ${leaseMs} * interval '1 millisecond'`

/** Takes the lowest slot whose lease has ended, else a new one. @returns its name */
export async function takeSlot(db: Database, { holder, leaseMs }: Lease): Promise<string> {
  for (;;) {
    const [row] = await db.execute<{ slot: number }>(sql`
      with free as (
        select slot from ${auditWriters} where leased_until <= now() order by slot limit 1 for update skip locked
      ), taken as (
        update ${auditWriters} writers set holder = ${holder}::uuid, leased_until = ${until(leaseMs)}
        from free where writers.slot = free.slot returning writers.slot
      ), added as (
        insert into ${auditWriters} (slot, holder, leased_until)
        select coalesce((select max(slot) from ${auditWriters}), 0) + 1, ${holder}::uuid, ${until(leaseMs)}
        where not exists (select from free)
        on conflict do nothing returning slot
      )
      select slot from taken union all select slot from added`)
    if (row) return `w${row.slot}`
  }
}

/** @returns false if another process has taken it */
export async function renewSlot(db: Database, { holder, name, leaseMs }: Lease & { name: string }): Promise<boolean> {
  const renewed = await db.execute(sql`
    update ${auditWriters} set leased_until = ${until(leaseMs)}
    where slot = ${slotOf(name)} and holder = ${holder}::uuid returning 1`)
  return renewed.length > 0
}

export async function releaseSlot(db: Database, { holder, name }: { holder: string; name: string }): Promise<void> {
  await db.execute(sql`
    update ${auditWriters} set leased_until = now() where slot = ${slotOf(name)} and holder = ${holder}::uuid`)
}

const slotOf = (name: string) => Number(name.slice(1))
