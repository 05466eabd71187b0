import { sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { tokenLeases } from './exchange-table.ts'
import { accessTokens } from './token-table.ts'

type TokenName = { accountId: string; scopeKey: string }

/** A token whose time to be replaced has come. */
export interface DueToken extends TokenName {
  fingerprint: string | null
  lifetimeMs: number
  unusedForMs: number
}

/** Takes tokens that are due, those first that were due first; if nothing comes of it they are due again after `againInMs`. */
export async function claimDueTokens(
  db: Database,
  { limit, againInMs }: { limit: number; againInMs: number },
): Promise<DueToken[]> {
  const rows = await db.execute<{
    account_id: string
    scope_key: string
    fingerprint: string | null
    lifetime_ms: number
    unused_for_ms: number
  }>(sql`
    with due as (
      select account_id, scope_key from ${tokenLeases}
      where refresh_at <= clock_timestamp() and (lease_until is null or lease_until < clock_timestamp())
      order by refresh_at limit ${limit}::int for update skip locked
    )
    update ${tokenLeases} l set refresh_at = clock_timestamp() + ${againInMs}::float8 * interval '1 millisecond'
    from due where l.account_id = due.account_id and l.scope_key = due.scope_key
    returning l.account_id, l.scope_key, coalesce(l.lifetime_ms, 0) as lifetime_ms,
      extract(epoch from clock_timestamp() - l.last_used_at)::float8 * 1000 as unused_for_ms,
      (select fingerprint from ${accessTokens} t where t.account_id = l.account_id and t.scope_key = l.scope_key)`)
  return rows.map((row) => ({
    accountId: row.account_id,
    scopeKey: row.scope_key,
    fingerprint: row.fingerprint,
    lifetimeMs: row.lifetime_ms,
    unusedForMs: row.unused_for_ms,
  }))
}

/** @param inMs undefined: not before it is used again */
export async function postponeRefresh(db: Database, { accountId, scopeKey }: TokenName, inMs?: number): Promise<void> {
  const refreshAt = inMs === undefined ? sql`null` : sql`clock_timestamp() + ${inMs}::float8 * interval '1 millisecond'`
  await db.execute(
    sql`update ${tokenLeases} set refresh_at = ${refreshAt} where account_id = ${accountId} and scope_key = ${scopeKey}`,
  )
}

/** Keeps that tokens were used just now; one that was let go is due at once. Rows that another replica writes are left to it. */
export async function keepUses(db: Database, used: readonly TokenName[]): Promise<void> {
  const names = JSON.stringify(used.map(({ accountId, scopeKey }) => ({ account_id: accountId, scope_key: scopeKey })))
  await db.execute(sql`
    with used as (
      select l.account_id, l.scope_key from ${tokenLeases} l
      join json_to_recordset(${names}::text::json) as u(account_id uuid, scope_key text) using (account_id, scope_key)
      order by 1, 2 for update of l skip locked
    )
    update ${tokenLeases} l set last_used_at = clock_timestamp(),
      -- Cut, since the column rounds: half a millisecond later it would not be due yet.
      refresh_at = case when l.lifetime_ms is not null
        then coalesce(l.refresh_at, date_trunc('milliseconds', clock_timestamp())) end
    from used where l.account_id = used.account_id and l.scope_key = used.scope_key`)
}
