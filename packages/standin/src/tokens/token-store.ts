import { and, eq, sql } from 'drizzle-orm'
import { auditEntries } from '../audit/audit-table.ts'
import type { Database, Transaction } from '../database/database.ts'
import { installations } from '../installations/installation-table.ts'
import { accessTokens } from './token-table.ts'

export interface StoredToken {
  generation: number
  sealedToken: string
  fingerprint: string
  lifetimeMs: number
  /** By the database's clock. */
  leftMs: number
}

/** The newest token of the generation in force, if there is one. */
export async function findToken(db: Database, accountId: string, scopeKey: string): Promise<StoredToken | undefined> {
  const [row] = await db
    .select({
      generation: accessTokens.generation,
      sealedToken: accessTokens.sealedToken,
      fingerprint: accessTokens.fingerprint,
      lifetimeMs: accessTokens.lifetimeMs,
      leftMs: sql<number>`extract(epoch from ${accessTokens.expiresAt} - clock_timestamp())::float8 * 1000`,
    })
    .from(accessTokens)
    .innerJoin(
      installations,
      and(
        eq(installations.accountId, accessTokens.accountId),
        eq(installations.activeGeneration, accessTokens.generation),
      ),
    )
    .where(and(eq(accessTokens.accountId, accountId), eq(accessTokens.scopeKey, scopeKey)))
  return row
}

/** Whether a generation serves its account now. */
export async function isGenerationInForce(
  db: Database,
  { accountId, generation }: { accountId: string; generation: number },
): Promise<boolean> {
  const found = and(eq(installations.accountId, accountId), eq(installations.activeGeneration, generation))
  return (await db.$count(installations, found)) > 0
}

/**
 * Stores a token, but only while its generation is in force: one that comes home late is not kept.
 * @returns whether it was stored
 */
export async function storeToken(
  db: Database,
  { leftMs, ...token }: { accountId: string; scopeKey: string } & StoredToken,
): Promise<boolean> {
  const expiresAt = sql`clock_timestamp() + ${leftMs} * interval '1 millisecond'`
  const stored = await db.execute<{ stored: number }>(sql`
    insert into ${accessTokens} (account_id, scope_key, generation, sealed_token, fingerprint, lifetime_ms, expires_at)
    select account_id, ${token.scopeKey}, ${token.generation}::int, ${token.sealedToken}, ${token.fingerprint}, ${token.lifetimeMs}::float8, ${expiresAt}
    from ${installations} where account_id = ${token.accountId} and active_generation = ${token.generation}::int
    for share
    on conflict (account_id, scope_key) do update set
      generation = excluded.generation, sealed_token = excluded.sealed_token, fingerprint = excluded.fingerprint,
      lifetime_ms = excluded.lifetime_ms, expires_at = excluded.expires_at, issued_at = now()
    returning 1 as stored`)
  return stored.length === 1
}

export async function eraseTokens(tx: Transaction, accountId: string): Promise<void> {
  await tx.delete(accessTokens).where(eq(accessTokens.accountId, accountId))
}

export interface HandOut {
  accountId: string
  generation: number
  scopeKey: string
  fingerprint: string
  /** The service's key, or undefined when a run of ours is the receiver. */
  serviceKeyId: string | undefined
  receiver: { kind: 'service' | 'system'; id: string }
}

/**
 * Leaves the audit row of a token that is about to leave. The same statement asks whether the generation is still in
 * force, the key unrevoked and the grant there: a token leaves only if its row came back.
 */
export async function recordHandOut(
  db: Database,
  { accountId, generation, scopeKey, fingerprint, serviceKeyId, receiver }: HandOut,
): Promise<boolean> {
  const allowed = serviceKeyId
    ? sql`and exists (select from service_keys where id = ${serviceKeyId} and revoked_at is null and expires_at > now()
        and string_to_array(${scopeKey}, ' ') <@ array(
          select unnest(scopes) from grants where grants.service = service_keys.service and account_id in ('all', ${accountId}::text)))`
    : sql``
  const rows = await db.execute<{ id: number }>(sql`
    insert into ${auditEntries} (actor_kind, actor_id, event, account_id, generation, details)
    select ${receiver.kind}, ${receiver.id}, 'token.issued', account_id, active_generation,
      jsonb_build_object('scopes', string_to_array(${scopeKey}, ' '), 'fingerprint', ${fingerprint}::text, 'key', ${serviceKeyId ?? null}::text)
    from ${installations}
    where account_id = ${accountId} and active_generation = ${generation}::int ${allowed}
    returning id`)
  return rows.length === 1
}
