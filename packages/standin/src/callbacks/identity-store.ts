import { sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'

export interface ObservedIdentities {
  /** With proven callbacks. */
  accounts: number
  observed: { kind: 'algorithm' | 'issuer' | 'audience' | 'claim'; value: string; accounts: number }[]
}

const mostObserved = 200

/** What the JWTs of proven callbacks contained. Trackunit accepted the credentials, so they are genuine. */
export async function observeIdentities(db: Database): Promise<ObservedIdentities> {
  const proven = sql`
    select c.account_id, c.algorithm, c.issuer, c.audiences, c.claim_names
    from callbacks c
    join credentials k on k.account_id = c.account_id and k.generation = c.generation and k.proven_at is not null
    where c.algorithm is not null`
  const observed = await db.execute(sql`
    with proven as (${proven}), contained as (
      select account_id, 'algorithm' as kind, algorithm as value from proven
      union all select account_id, 'issuer', issuer from proven where issuer is not null
      union all select account_id, 'audience', unnest(audiences) from proven
      union all select account_id, 'claim', unnest(claim_names) from proven
    )
    select kind, value, count(distinct account_id)::int as accounts from contained
    group by kind, value order by kind, accounts desc, value limit ${mostObserved}`)
  const [count] = await db.execute(
    sql`with proven as (${proven}) select count(distinct account_id)::int as n from proven`,
  )
  return { accounts: Number(count?.n ?? 0), observed: [...observed] as unknown as ObservedIdentities['observed'] }
}
