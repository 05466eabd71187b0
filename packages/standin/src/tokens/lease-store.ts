import { type SQL, sql } from 'drizzle-orm'
import { installations } from '../accounts/account-table.ts'
import type { Announcing } from '../context.ts'
import type { Database } from '../database/database.ts'
import { tokenLeases } from './token-table.ts'

/** Which token: of an account's generation, with a set of scopes. */
export interface TokenIdentity {
  accountId: string
  generation: number
  scopeKey: string
}

/** A lease that was taken. Nothing is written under it after another replica has taken it. */
export interface TakenLease {
  holder: number
  fence: number
}

/** How long it is until a moment, in milliseconds, by the database's clock. */
export const msUntil = (moment: SQL) => sql`extract(epoch from ${moment} - clock_timestamp())::float8 * 1000`
/** The moment that many milliseconds from now, by the database's clock. */
export const inMs = (ms: number) => sql`clock_timestamp() + ${ms}::float8 * interval '1 millisecond'`

/** The lease `l`, while it is still ours. */
export const isOurs = ({ accountId, scopeKey }: TokenIdentity, { holder, fence }: TakenLease) =>
  sql`l.account_id = ${accountId} and l.scope_key = ${scopeKey} and l.holder = ${holder}::int and l.fence = ${fence}::int`

/**
 * Takes a lease that was seen to be free, expired, or held by a dead replica.
 * @returns undefined if another replica was faster, or the generation is no longer in force
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

/** Does nothing if another replica has taken the lease. */
export async function renewLease(
  db: Database,
  token: TokenIdentity,
  lease: TakenLease,
  leaseMs: number,
): Promise<void> {
  await db.execute(sql`update ${tokenLeases} l set lease_until = ${inMs(leaseMs)} where ${isOurs(token, lease)}`)
}

/** Gives up a lease without an outcome, and wakes the callers that wait for one. */
export async function releaseLease(
  { db, notices }: Announcing<Database>,
  token: TokenIdentity,
  lease: TakenLease,
): Promise<void> {
  const released = await db.execute(sql`
    update ${tokenLeases} l set holder = null, lease_until = null where ${isOurs(token, lease)} returning 1`)
  if (released.length > 0) notices.send('token_changed', token.accountId)
}
