import type { CredentialState } from '@standin/contracts'
import { sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { accountCounts } from './account-count-table.ts'
import { credentials, installations } from './account-table.ts'

/** What is counted: an account in each state that any of its credentials is in, and those that are stopped. */
const counted = [
  ...(['pending', 'active', 'parked', 'awaiting-approval', 'rejected', 'quarantined'] satisfies CredentialState[]),
  'suspended',
  'paused',
]

/** Counts accounts by state. It reads all of them, so it is done every few minutes and not for each scrape. */
export async function countAccounts(db: Database): Promise<void> {
  await db.execute(sql`
    insert into ${accountCounts} (state, accounts)
    select state, coalesce(counts.accounts, 0) from json_array_elements_text(${JSON.stringify(counted)}::text::json) as states(state)
    left join (
      select state, count(distinct account_id)::int as accounts from ${credentials} group by state
      union all select 'suspended', count(*)::int from ${installations} where suspended_at is not null
      union all select 'paused', count(*)::int from ${installations} where paused_at is not null
    ) counts using (state)
    on conflict (state) do update set accounts = excluded.accounts`)
}

export async function readAccountCounts(db: Database): Promise<Record<string, number>> {
  const rows = await db.select().from(accountCounts)
  return Object.fromEntries(rows.map(({ state, accounts }) => [state, accounts]))
}
