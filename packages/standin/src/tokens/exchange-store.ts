import { sql } from 'drizzle-orm'
import { installations } from '../accounts/account-table.ts'
import type { Announcing, InTransaction } from '../context.ts'
import type { Database } from '../database/database.ts'
import { exchangePauses } from '../trackunit/exchange-pause-table.ts'
import type { ExchangeFailure } from '../trackunit/failure-policy.ts'
import { inMs, isOurs, type TakenLease, type TokenIdentity } from './lease-store.ts'
import { accessTokens, tokenLeases } from './token-table.ts'

/** An exchange that returned a token. */
export interface Exchanged {
  lease: TakenLease
  sealedToken: string
  fingerprint: string
  lifetimeMs: number
  leftMs: number
  /** How long before its end the token is refreshed. */
  refreshAheadMs: number
  /** Made because an API had refused the token before. */
  forced: boolean
}

/**
 * Stores the token of an exchange and ends its lease: only under the lease and while the generation is in force. One
 * statement, so that it costs one round trip, and nothing is stored where a step before it found nothing.
 * @returns whether the token was stored
 */
export async function storeExchanged(
  { db, notices }: Announcing<Database>,
  token: TokenIdentity,
  exchanged: Exchanged,
): Promise<boolean> {
  const stored = await db.execute(sql`
    with account as materialized (${lockAccountInForce(token)}),
      ended as (${endLease(token, exchanged)}),
      stored as (${putToken(token, exchanged)}),
      healed as (${dropPauses(token)}),
      least_used as (${leastUsedScopeSets(token)}),
      dropped_leases as (
        delete from ${tokenLeases} l using least_used u where l.account_id = ${token.accountId} and l.scope_key = u.scope_key
      ),
      dropped_tokens as (
        delete from ${accessTokens} t using least_used u where t.account_id = ${token.accountId} and t.scope_key = u.scope_key
      )
    select 1 from ended`)
  if (stored.length > 0) notices.send('token_changed', `${token.accountId} ${exchanged.fingerprint}`)
  return stored.length > 0
}

/** Locks the account's row before any other, in the same order as a change of its credentials does. */
const lockAccountInForce = ({ accountId, generation }: TokenIdentity) => sql`
  select account_id from ${installations}
  where account_id = ${accountId} and active_generation = ${generation}::int for share`

const endLease = (token: TokenIdentity, { lease, lifetimeMs, leftMs, refreshAheadMs, forced }: Exchanged) => sql`
  update ${tokenLeases} l set holder = null, lease_until = null, lifetime_ms = ${lifetimeMs}::float8,
    refresh_at = ${inMs(leftMs - refreshAheadMs)}, forced_at = ${nowIf(forced)}
  from account where l.account_id = account.account_id and ${isOurs(token, lease)}
  returning l.account_id`

const nowIf = (forced: boolean) => sql`case when ${forced}::boolean then clock_timestamp() else l.forced_at end`

const putToken = ({ scopeKey, generation }: TokenIdentity, token: Exchanged) => sql`
  insert into ${accessTokens} (account_id, scope_key, generation, sealed_token, fingerprint, lifetime_ms, expires_at)
  select account_id, ${scopeKey}, ${generation}::int, ${token.sealedToken}, ${token.fingerprint},
    ${token.lifetimeMs}::float8, ${inMs(token.leftMs)}
  from ended
  on conflict (account_id, scope_key) do update set
    generation = excluded.generation, sealed_token = excluded.sealed_token, fingerprint = excluded.fingerprint,
    lifetime_ms = excluded.lifetime_ms, expires_at = excluded.expires_at, issued_at = now()`

const dropPauses = ({ accountId, scopeKey }: TokenIdentity) => sql`
  delete from ${exchangePauses} p using ended where p.account_id = ${accountId} and p.scope_key in ('', ${scopeKey})`

/** Scope sets of an account that are kept, at most. */
const maxScopeSets = 8

const leastUsedScopeSets = ({ accountId, scopeKey }: TokenIdentity) => sql`
  select l.scope_key from ${tokenLeases} l, ended
  where l.account_id = ${accountId} and l.scope_key <> ${scopeKey} and l.holder is null
  order by l.last_used_at desc offset ${maxScopeSets - 1}`

/**
 * Stores why an exchange failed and until when none is made, and ends its lease: one statement, under the lease.
 * @param failed `pausedScopeKey` is a scope set, or the empty string for the whole account
 * @returns whether it was stored; false where another replica has taken the lease
 */
export async function storeFailure(
  { db, notices }: Announcing<Database>,
  token: TokenIdentity,
  failed: {
    lease: TakenLease
    failure: ExchangeFailure
    pausedScopeKey: string
    inARow: number
    pauseMs: number
    forced: boolean
  },
): Promise<boolean> {
  const until = inMs(failed.pauseMs)
  const stored = await db.execute(sql`
    with ended as (
      update ${tokenLeases} l set holder = null, lease_until = null, forced_at = ${nowIf(failed.forced)},
        refresh_at = case when l.refresh_at is not null then greatest(l.refresh_at, ${until}) end
      where ${isOurs(token, failed.lease)} returning l.account_id
    ), paused as (
      insert into ${exchangePauses} as p (account_id, scope_key, generation, failure, in_a_row, failing_since, until)
      select account_id, ${failed.pausedScopeKey}, ${token.generation}::int, ${failed.failure}, ${failed.inARow}::int,
        clock_timestamp(), ${until} from ended
      on conflict (account_id, scope_key) do update set failure = excluded.failure, in_a_row = excluded.in_a_row,
        until = excluded.until, generation = excluded.generation,
        failing_since = case when p.generation = excluded.generation then p.failing_since else excluded.failing_since end
    )
    select 1 from ended`)
  if (stored.length > 0) notices.send('token_changed', token.accountId)
  return stored.length > 0
}

/** Erases an account's tokens and everything that is known about its exchanges. */
export async function eraseTokens({ db }: Pick<InTransaction, 'db'>, accountId: string): Promise<void> {
  for (const table of [accessTokens, tokenLeases, exchangePauses])
    await db.execute(sql`delete from ${table} where account_id = ${accountId}`)
}
