import { sql } from 'drizzle-orm'
import { installations } from '../accounts/installation-table.ts'
import type { Database, Transaction } from '../database/database.ts'
import { isReplicaAlive } from '../database/replica-store.ts'
import type { ExchangeFailure } from '../trackunit/failure-policy.ts'
import { exchangePauses, tokenLeases } from './exchange-table.ts'
import type { TokenStanding } from './next-step.ts'
import { signInDownSince, signInPausedForMs } from './sign-in-outage-store.ts'
import { accessTokens } from './token-table.ts'

/** Which token: of an account's generation, with a set of scopes. */
export interface TokenIdentity {
  accountId: string
  generation: number
  scopeKey: string
}

/** A lease that was taken. Nothing is written under it once another has taken it. */
export interface TakenLease {
  holder: number
  fence: number
}

export type FoundStanding = TokenStanding & {
  token: (NonNullable<TokenStanding['token']> & { sealedToken: string }) | undefined
  /** Failures in a row: of the whole account, and of this scope set. */
  inARow: { account: number; 'scope-set': number }
}

const msUntil = (moment: ReturnType<typeof sql>) =>
  sql`extract(epoch from ${moment} - clock_timestamp())::float8 * 1000`
const inMs = (ms: number) => sql`clock_timestamp() + ${ms}::float8 * interval '1 millisecond'`

/** How a token stands, by one statement. */
export async function findStanding(
  db: Database,
  { accountId, generation, scopeKey }: TokenIdentity,
): Promise<FoundStanding> {
  const [row] = await db.execute<{
    sealed_token: string | null
    fingerprint: string
    lifetime_ms: number
    left_ms: number
    fence: number | null
    lease_left_ms: number | null
    is_void: boolean | null
    forced_ago_ms: number | null
    sign_in_paused_for_ms: number | null
    pauses: Array<{ ofAccount: boolean; failure: ExchangeFailure; inARow: number; leftMs: number }> | null
  }>(sql`
    select t.sealed_token, t.fingerprint, t.lifetime_ms, ${msUntil(sql`t.expires_at`)} as left_ms,
      l.fence, ${msUntil(sql`l.lease_until`)} as lease_left_ms, -${msUntil(sql`l.forced_at`)} as forced_ago_ms,
      ${signInPausedForMs} as sign_in_paused_for_ms,
      case when l.generation <> i.active_generation then true
        when l.holder > 0 and l.lease_until > clock_timestamp() then not ${isReplicaAlive(sql`l.holder`)} end as is_void,
      (select json_agg(json_build_object('ofAccount', p.scope_key = '', 'failure', p.failure, 'inARow', p.in_a_row,
          'leftMs', ${msUntil(sql`p.until`)}) order by p.until)
        from ${exchangePauses} p
        where p.account_id = i.account_id and p.generation = i.active_generation and p.scope_key in ('', ${scopeKey})) as pauses
    from ${installations} i
    left join ${accessTokens} t on t.account_id = i.account_id and t.scope_key = ${scopeKey} and t.generation = i.active_generation
    left join ${tokenLeases} l on l.account_id = i.account_id and l.scope_key = ${scopeKey}
    where i.account_id = ${accountId} and i.active_generation = ${generation}::int`)
  const inARow = { account: 0, 'scope-set': 0 }
  if (!row)
    return {
      inForce: false,
      token: undefined,
      lease: undefined,
      pause: undefined,
      forcedAgoMs: undefined,
      signInPausedForMs: 0,
      inARow,
    }

  for (const pause of row.pauses ?? []) inARow[pause.ofAccount ? 'account' : 'scope-set'] = pause.inARow
  const { sealed_token: sealedToken, fingerprint, lifetime_ms: lifetimeMs, left_ms: leftMs } = row
  return {
    inForce: true,
    token: sealedToken === null ? undefined : { sealedToken, fingerprint, lifetimeMs, leftMs },
    lease:
      row.fence === null
        ? undefined
        : { fence: row.fence, leftMs: row.lease_left_ms ?? 0, isVoid: row.is_void ?? false },
    pause: row.pauses?.at(-1),
    forcedAgoMs: row.forced_ago_ms ?? undefined,
    signInPausedForMs: row.sign_in_paused_for_ms ?? 0,
    inARow,
  }
}

/**
 * Takes the lease that was seen to be free, over, or a dead one's.
 * @returns undefined where somebody else was quicker, or the generation is not in force any more
 */
export async function takeLease(
  db: Database,
  { accountId, generation, scopeKey }: TokenIdentity,
  { seenFence, holder, leaseMs }: { seenFence: number | undefined; holder: number; leaseMs: number },
): Promise<TakenLease | undefined> {
  const [row] = await db.execute<{ fence: number }>(sql`
    insert into ${tokenLeases} as l (account_id, scope_key, generation, holder, fence, lease_until)
    select account_id, ${scopeKey}, active_generation, ${holder}::int, 1, ${inMs(leaseMs)}
    from ${installations} where account_id = ${accountId} and active_generation = ${generation}::int
    on conflict (account_id, scope_key) do update set generation = excluded.generation, holder = excluded.holder,
      fence = l.fence + 1, lease_until = excluded.lease_until,
      forced_at = case when l.generation = excluded.generation then l.forced_at end
    where l.fence = ${seenFence ?? 0}::int
    returning fence`)
  return row && { holder, fence: row.fence }
}

const underLease = ({ accountId, scopeKey }: TokenIdentity, { holder, fence }: TakenLease) =>
  sql`l.account_id = ${accountId} and l.scope_key = ${scopeKey} and l.holder = ${holder}::int and l.fence = ${fence}::int`

/** @returns whether it is still one's own */
export async function renewLease(
  db: Database,
  token: TokenIdentity,
  { lease, leaseMs }: { lease: TakenLease; leaseMs: number },
): Promise<boolean> {
  const rows = await db.execute(
    sql`update ${tokenLeases} l set lease_until = ${inMs(leaseMs)} where ${underLease(token, lease)} returning 1 as renewed`,
  )
  return rows.length > 0
}

/** Lets go of a lease that came to nothing. */
export async function releaseLease(db: Database, token: TokenIdentity, lease: TakenLease): Promise<void> {
  await db.execute(sql`
    with mine as (update ${tokenLeases} l set holder = null, lease_until = null where ${underLease(token, lease)} returning l.account_id)
    select pg_notify('token_changed', account_id::text) from mine`)
}

/** Scope sets of an account that are kept; the least used give way. */
const maxScopeSets = 8

/**
 * Stores what an exchange brought and ends its lease, in one statement, under the lease and while the generation is in
 * force: one that comes home late is not kept.
 * @param brought `refreshAheadMs`: how long before its end it is to be replaced
 * @returns whether it was stored
 */
export async function storeExchanged(
  db: Database,
  identity: TokenIdentity,
  brought: {
    lease: TakenLease
    sealedToken: string
    fingerprint: string
    lifetimeMs: number
    leftMs: number
    refreshAheadMs: number
    forced: boolean
  },
): Promise<boolean> {
  const { accountId, generation, scopeKey } = identity
  // The account's row is locked first, as whoever changes its credentials does.
  const stored = await db.execute(sql`
    with account as materialized (
      select account_id from ${installations}
      where account_id = ${accountId} and active_generation = ${generation}::int for share
    ), mine as (
      update ${tokenLeases} l set holder = null, lease_until = null, lifetime_ms = ${brought.lifetimeMs}::float8,
        refresh_at = ${inMs(brought.leftMs - brought.refreshAheadMs)},
        forced_at = case when ${brought.forced}::boolean then clock_timestamp() else l.forced_at end
      from account where l.account_id = account.account_id and ${underLease(identity, brought.lease)}
      returning l.account_id
    ), stored as (
      insert into ${accessTokens} (account_id, scope_key, generation, sealed_token, fingerprint, lifetime_ms, expires_at)
      select account_id, ${scopeKey}, ${generation}::int, ${brought.sealedToken}, ${brought.fingerprint},
        ${brought.lifetimeMs}::float8, ${inMs(brought.leftMs)}
      from mine
      on conflict (account_id, scope_key) do update set
        generation = excluded.generation, sealed_token = excluded.sealed_token, fingerprint = excluded.fingerprint,
        lifetime_ms = excluded.lifetime_ms, expires_at = excluded.expires_at, issued_at = now()
    ), healed as (
      delete from ${exchangePauses} p using mine where p.account_id = mine.account_id and p.scope_key in ('', ${scopeKey})
    ), least_used as (
      select l.scope_key from ${tokenLeases} l, mine
      where l.account_id = mine.account_id and l.scope_key <> ${scopeKey} and l.holder is null
      order by l.last_used_at desc offset ${maxScopeSets - 1}
    ), dropped as (
      delete from ${tokenLeases} l using least_used where l.account_id = ${accountId} and l.scope_key = least_used.scope_key
    ), dropped_tokens as (
      delete from ${accessTokens} t using least_used where t.account_id = ${accountId} and t.scope_key = least_used.scope_key
    )
    select pg_notify('token_changed', account_id || ' ' || ${brought.fingerprint}) from mine`)
  return stored.length > 0
}

/**
 * Keeps why an exchange failed and until when nobody tries again, and ends its lease, in one statement and under the lease.
 * @param pausedScopeKey the scope set, or the empty text for the whole account
 * @returns whether it was written: not, where another has taken the lease
 */
export async function storeFailure(
  db: Database,
  identity: TokenIdentity,
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
    with mine as (
      update ${tokenLeases} l set holder = null, lease_until = null, 
        refresh_at = case when l.refresh_at is not null then greatest(l.refresh_at, ${until}) end,
        forced_at = case when ${failed.forced}::boolean then clock_timestamp() else l.forced_at end
      where ${underLease(identity, failed.lease)} returning l.account_id
    ), paused as (
      insert into ${exchangePauses} as p (account_id, scope_key, generation, failure, in_a_row, failing_since, until)
      select account_id, ${failed.pausedScopeKey}, ${identity.generation}::int, ${failed.failure}, ${failed.inARow}::int,
        clock_timestamp(), ${until} from mine
      on conflict (account_id, scope_key) do update set failure = excluded.failure, in_a_row = excluded.in_a_row,
        until = excluded.until, generation = excluded.generation,
        failing_since = case when p.generation = excluded.generation then p.failing_since else excluded.failing_since end
    )
    select pg_notify('token_changed', account_id::text) from mine`)
  return stored.length > 0
}

/** What is known of Trackunit's side from an account's last exchanges. */
export async function findTrackunitTrouble(
  db: Database,
  accountId: string,
): Promise<{ unavailableSince: Date | null; limitedUntil: Date | null }> {
  const [row] = await db.execute<{ unavailable_since: string | null; limited_until: string | null }>(sql`
    select least(${signInDownSince}, min(p.failing_since) filter (where p.failure in ('unavailable', 'nonsense'))) as unavailable_since,
      max(p.until) filter (where p.failure = 'rate-limited' and p.until > clock_timestamp()) as limited_until
    from ${exchangePauses} p join ${installations} i
      on i.account_id = p.account_id and i.active_generation = p.generation
    where p.account_id = ${accountId}`)
  const asDate = (moment: string | null | undefined) => (moment ? new Date(moment) : null)
  return { unavailableSince: asDate(row?.unavailable_since), limitedUntil: asDate(row?.limited_until) }
}

/** Erases what is known of an account's exchanges, with its tokens. */
export async function eraseExchanges(tx: Transaction, accountId: string): Promise<void> {
  await tx.execute(sql`delete from ${tokenLeases} where account_id = ${accountId}`)
  await tx.execute(sql`delete from ${exchangePauses} where account_id = ${accountId}`)
}
