import { sql } from 'drizzle-orm'
import { installations } from '../accounts/account-table.ts'
import type { Database } from '../database/database.ts'
import { isReplicaAlive } from '../database/replica-store.ts'
import { exchangePauses } from '../trackunit/exchange-pause-table.ts'
import type { ExchangeFailure } from '../trackunit/failure-policy.ts'
import { signInPausedForMs } from '../trackunit/sign-in-outage-store.ts'
import { msUntil, type TokenIdentity } from './lease-store.ts'
import type { TokenStanding } from './next-step.ts'
import { accessTokens, tokenLeases } from './token-table.ts'

export type FoundStanding = TokenStanding & {
  token: (NonNullable<TokenStanding['token']> & { sealedToken: string }) | undefined
  /** Failures in a row: of the whole account, and of this scope set. */
  inARow: { account: number; 'scope-set': number }
}

/** Reads the state of a token, in one statement. */
export async function findStanding(db: Database, identity: TokenIdentity): Promise<FoundStanding> {
  const { accountId, generation, scopeKey } = identity
  const [row] = await db.execute<{
    token: FoundStanding['token'] | null
    lease: FoundStanding['lease'] | null
    pauses: Array<{ ofAccount: boolean; failure: ExchangeFailure; inARow: number; leftMs: number }> | null
    forcedAgoMs: number | null
    signInPausedForMs: number | null
  }>(sql`
    select case when t.sealed_token is not null then json_build_object('sealedToken', t.sealed_token,
        'fingerprint', t.fingerprint, 'lifetimeMs', t.lifetime_ms, 'leftMs', ${msUntil(sql`t.expires_at`)}) end as token,
      case when l.fence is not null then json_build_object('fence', l.fence,
        'leftMs', coalesce(${msUntil(sql`l.lease_until`)}, 0), 'isVoid', ${leaseIsVoid}) end as lease,
      (${pausesThatApply(scopeKey)}) as pauses,
      -${msUntil(sql`l.forced_at`)} as "forcedAgoMs", ${signInPausedForMs} as "signInPausedForMs"
    from ${installations} i
    left join ${accessTokens} t on t.account_id = i.account_id and t.scope_key = ${scopeKey} and t.generation = i.active_generation
    left join ${tokenLeases} l on l.account_id = i.account_id and l.scope_key = ${scopeKey}
    where i.account_id = ${accountId} and i.active_generation = ${generation}::int`)
  const inARow = { account: 0, 'scope-set': 0 }
  for (const pause of row?.pauses ?? []) inARow[pause.ofAccount ? 'account' : 'scope-set'] = pause.inARow
  return {
    inForce: row !== undefined,
    token: row?.token ?? undefined,
    lease: row?.lease ?? undefined,
    pause: row?.pauses?.at(-1), // The longest.
    forcedAgoMs: row?.forcedAgoMs ?? undefined,
    signInPausedForMs: row?.signInPausedForMs ?? 0,
    inARow,
  }
}

/** Taken for an earlier generation, or by a replica that has died. */
const leaseIsVoid = sql`case when l.generation <> i.active_generation then true
  when l.holder > 0 and l.lease_until > clock_timestamp() then not ${isReplicaAlive(sql`l.holder`)} else false end`

/** The pauses of the account and of this scope set, the longest last. */
const pausesThatApply = (scopeKey: string) => sql`
  select json_agg(json_build_object('ofAccount', p.scope_key = '', 'failure', p.failure, 'inARow', p.in_a_row,
    'leftMs', ${msUntil(sql`p.until`)}) order by p.until)
  from ${exchangePauses} p
  where p.account_id = i.account_id and p.generation = i.active_generation and p.scope_key in ('', ${scopeKey})`
