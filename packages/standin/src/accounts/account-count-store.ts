import { sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { accountCounts } from './account-count-table.ts'
import { credentials, installations, unsettledAt } from './account-table.ts'

/**
 * Counts accounts by state: those that any of their credentials is in, and stopped ones. It reads those that wait, were refused or
 * are stopped, and a bounded number of the others.
 * @param exactTo so many accounts in force are counted; of more, PostgreSQL estimates the number, which its index of them has
 */
export async function countAccounts(db: Database, { exactTo = 100_000 } = {}): Promise<void> {
  const most = sql.raw(String(exactTo))
  await db.execute(sql`
    with unsettled as (
      select state, count(distinct account_id)::int as accounts from ${credentials}
      where state in ('pending', 'parked', 'awaiting-approval', 'rejected', 'quarantined') group by state
    ), in_force as (
      select count(*)::int as counted from (
        select from ${credentials} where state in ('active', 'parked') limit ${most}) few
    ), counts(state, accounts) as (
      select state, accounts from unsettled
      union all select 'suspended', count(*)::int from ${installations} 
        where suspended_at is not null and ${unsettledAt(installations)} is not null
      union all select 'paused', count(*)::int from ${installations} where paused_at is not null
      union all select 'active', greatest(0,
        case when counted < ${most} then counted else greatest(counted, estimate) end
          - coalesce((select accounts from unsettled where state = 'parked'), 0))
      from in_force, (select reltuples::int as estimate from pg_class where oid = 'credentials_in_force'::regclass) size
    )
    insert into ${accountCounts} (state, accounts)
    select state, coalesce(counts.accounts, 0)
    from unnest('{pending,active,parked,awaiting-approval,rejected,quarantined,suspended,paused}'::text[]) as states(state)
    left join counts using (state)
    on conflict (state) do update set accounts = excluded.accounts`)
}

export async function readAccountCounts(db: Database): Promise<Record<string, number>> {
  const rows = await db.select().from(accountCounts)
  return Object.fromEntries(rows.map(({ state, accounts }) => [state, accounts]))
}
