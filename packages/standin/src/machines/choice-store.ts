import type { MachineFilter } from '@standin/contracts'
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { isReadWith } from '../runs/run-table.ts'
import { matching, type OwnScopes } from './machine-store.ts'
import { machines } from './machine-table.ts'

/** The groups, sites and types to filter by, with their number of machines, the most frequent first; `search` filters by name. */
export async function countChoices(
  db: Database,
  { accountId, own, search, limit }: OwnScopes & { accountId: string; search: string; limit: number },
) {
  const like = `%${search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
  const choices = (from: SQL, { id, name }: { id: SQL; name: SQL }) =>
    db.execute<{ id: string; name: string; machines: number }>(sql`
      select ${id} as id, max(${name}) as name, count(*)::int as machines from ${from}
      where account_id = ${accountId}::uuid and gone_at is null and ${isReadWith(own, machines.readWith)}
        and ${id} is not null and lower(${name}) like ${like}
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
  { accountId, own, filter }: OwnScopes & { accountId: string; filter: MachineFilter },
): Promise<{ known: number; matching: number }> {
  const [counts] = await db
    .select({
      known: sql<number>`count(*)::int`,
      matching: sql<number>`(count(*) filter (where ${matching(filter) ?? sql`true`}))::int`,
    })
    .from(machines)
    .where(and(eq(machines.accountId, accountId), isNull(machines.goneAt), isReadWith(own, machines.readWith)))
  return counts ?? { known: 0, matching: 0 }
}
