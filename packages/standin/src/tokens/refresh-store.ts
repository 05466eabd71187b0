import { sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { inMs } from './lease-store.ts'
import { accessTokens, tokenLeases } from './token-table.ts'

type TokenName = { accountId: string; scopeKey: string }

/** A token that is due for a refresh. */
export interface DueToken extends TokenName {
  fingerprint: string | null
  lifetimeMs: number
  unusedForMs: number
}

/** In how many milliseconds the next token is refreshed. */
export const tokensDue = sql`
  select extract(epoch from min(refresh_at) - clock_timestamp()) * 1000 from ${tokenLeases} where refresh_at is not null`

/**
 * Claims due tokens, the longest due first; without an outcome they are due again after `againInMs`. The time of the first condition
 * is read once, by a SELECT: otherwise PostgreSQL compares it with every lease.
 */
export async function claimDueTokens(
  db: Database,
  { limit, againInMs }: { limit: number; againInMs: number },
): Promise<DueToken[]> {
  return db.execute<DueToken & Record<string, unknown>>(sql`
    with due as (
      select account_id, scope_key from ${tokenLeases}
      where refresh_at <= (select clock_timestamp()) and (lease_until is null or lease_until < clock_timestamp())
      order by refresh_at limit ${limit}::int for update skip locked
    )
    update ${tokenLeases} l set refresh_at = ${inMs(againInMs)}
    from due where l.account_id = due.account_id and l.scope_key = due.scope_key
    returning l.account_id as "accountId", l.scope_key as "scopeKey", coalesce(l.lifetime_ms, 0) as "lifetimeMs",
      extract(epoch from clock_timestamp() - l.last_used_at)::float8 * 1000 as "unusedForMs",
      (select fingerprint from ${accessTokens} t where t.account_id = l.account_id and t.scope_key = l.scope_key)`)
}

/** @param delayMs if undefined, not before the token is used again */
export async function postponeRefresh(
  db: Database,
  { accountId, scopeKey }: TokenName,
  delayMs?: number,
): Promise<void> {
  const refreshAt = delayMs === undefined ? sql`null` : inMs(delayMs)
  await db.execute(
    sql`update ${tokenLeases} set refresh_at = ${refreshAt} where account_id = ${accountId} and scope_key = ${scopeKey}`,
  )
}

/** Saves that tokens were used just now; one that was not in use is due at once. Rows that another replica writes are skipped. */
export async function saveUses(db: Database, used: readonly TokenName[]): Promise<void> {
  const names = JSON.stringify(used.map(({ accountId, scopeKey }) => ({ account_id: accountId, scope_key: scopeKey })))
  await db.execute(sql`
    with used as (
      select l.account_id, l.scope_key from ${tokenLeases} l
      join json_to_recordset(${names}::text::json) as u(account_id uuid, scope_key text) using (account_id, scope_key)
      order by 1, 2 for update of l skip locked
    )
    update ${tokenLeases} l set last_used_at = clock_timestamp(),
      -- Truncated, since the column rounds: half a millisecond later it would not be due yet.
      refresh_at = case when l.lifetime_ms is not null
        then coalesce(l.refresh_at, date_trunc('milliseconds', clock_timestamp())) end
    from used where l.account_id = used.account_id and l.scope_key = used.scope_key`)
}
