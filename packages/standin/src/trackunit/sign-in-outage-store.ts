import { sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import type { afterFailure, SignInOutage } from './sign-in-outage-policy.ts'
import { signInOutages, signInSuccesses } from './sign-in-outage-table.ts'

/** How long all accounts still pause, in milliseconds; null unless Trackunit's sign-in is known to be down. */
export const signInPausedForMs = sql`(select extract(epoch from next_probe_at - clock_timestamp())::float8 * 1000
  from ${signInOutages} where since is not null)`

/** Since when Trackunit's sign-in is down; null unless it is known to be. */
export const signInDownSince = sql`(select since from ${signInOutages})`

/**
 * Whether a request may be sent now: always while the sign-in answers; in an outage, only the one that claims the probe,
 * for `probeHoldMs`.
 * @returns `pausedForMs` if it may not; `successAgoMs` if a success was ever noted
 */
export async function claimProbe(
  db: Database,
  { probeHoldMs }: { probeHoldMs: number },
): Promise<{ hasFailed: boolean; isProbe: boolean; pausedForMs?: number; successAgoMs?: number }> {
  const [row] = await db.execute<{
    has_failed: boolean
    is_down: boolean
    left_ms: number
    is_probe: boolean
    success_ago_ms: number | null
  }>(sql`
    with probe as (
      update ${signInOutages} set next_probe_at = clock_timestamp() + ${probeHoldMs}::float8 * interval '1 millisecond'
      where since is not null and next_probe_at <= clock_timestamp() returning 1
    )
    select outage.since is not null as is_down, ${signInPausedForMs} as left_ms, exists (select from probe) as is_probe,
      outage.is_only_row is not null as has_failed,
      extract(epoch from clock_timestamp() - success.at)::float8 * 1000 as success_ago_ms
    from (select) as nothing left join ${signInOutages} outage on true left join ${signInSuccesses} success on true`)
  if (!row) throw new Error('the statement returns one row')
  const { has_failed: hasFailed, is_down: isDown, left_ms: leftMs, is_probe: isProbe } = row
  return {
    hasFailed,
    isProbe,
    ...(isDown && !isProbe && { pausedForMs: leftMs }),
    ...(row.success_ago_ms !== null && { successAgoMs: row.success_ago_ms }),
  }
}

/** Notes that a client got a token. */
export async function noteSuccess(db: Database, clientId: string): Promise<void> {
  await db.execute(sql`
    insert into ${signInSuccesses} (client_id, at) values (${clientId}, clock_timestamp())
    on conflict (is_only_row) do update set client_id = excluded.client_id, at = excluded.at`)
}

/** Whether the sign-in gave another client a token in the last quarter of an hour. */
export async function othersSignIn(db: Database, clientId: string): Promise<boolean> {
  const found = await db.execute(sql`
    select from ${signInSuccesses} where client_id <> ${clientId} and at > clock_timestamp() - interval '15 minutes'`)
  return found.length > 0
}

/** Saves the effect of a failure, one at a time. @returns whether it began an outage, and the pause if there is one */
export async function changeOutage(
  db: Database,
  change: (before: SignInOutage | undefined) => ReturnType<typeof afterFailure>,
): Promise<{ hasBegun: boolean; pausedForMs: number | undefined }> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('sign_in_outages'))`) // There may be no row to lock.
    const [row] = await tx
      .select({
        failedClients: signInOutages.failedClients,
        lastFailedAgoMs: sql<number>`extract(epoch from clock_timestamp() - ${signInOutages.lastFailedAt})::float8 * 1000`,
        isDown: sql<boolean>`${signInOutages.since} is not null`,
        leftMs: sql<number | null>`${signInPausedForMs}`,
        probes: signInOutages.probes,
      })
      .from(signInOutages)
    const { failedClients, probes, nextProbeInMs } = change(row)
    const nextProbeAt =
      nextProbeInMs === undefined ? null : sql`clock_timestamp() + ${nextProbeInMs}::float8 * interval '1 millisecond'`
    const begins = nextProbeAt && sql`clock_timestamp()`
    await tx
      .insert(signInOutages)
      .values({
        failedClients: [...failedClients],
        lastFailedAt: sql`clock_timestamp()`,
        since: begins,
        nextProbeAt,
        probes,
      })
      .onConflictDoUpdate({
        target: signInOutages.isOnlyRow,
        set: {
          failedClients: [...failedClients],
          lastFailedAt: sql`clock_timestamp()`,
          probes,
          ...(nextProbeAt && { nextProbeAt, since: sql`coalesce(${signInOutages.since}, clock_timestamp())` }),
        },
      })
    return {
      hasBegun: nextProbeAt !== null && !row?.isDown,
      pausedForMs: nextProbeInMs ?? row?.leftMs ?? undefined,
    }
  })
}

/** The sign-in has answered. @returns how long it was down, in milliseconds; undefined if it was not */
export async function endOutage(db: Database): Promise<number | undefined> {
  const [row] = await db.execute<{ down_for_ms: number | null }>(sql`
    delete from ${signInOutages}
    returning extract(epoch from clock_timestamp() - since)::float8 * 1000 as down_for_ms`)
  return row?.down_for_ms ?? undefined
}

/** How long Trackunit's sign-in has been down, in seconds; 0 while it answers. */
export async function signInDownForS(db: Database): Promise<number> {
  const [row] = await db.execute<{ down_for_s: number | null }>(
    sql`select extract(epoch from clock_timestamp() - ${signInDownSince})::float8 as down_for_s`,
  )
  return row?.down_for_s ?? 0
}
