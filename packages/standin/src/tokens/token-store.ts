import { eq, sql } from 'drizzle-orm'
import { auditEntries } from '../audit/audit-table.ts'
import type { Database, Transaction } from '../database/database.ts'
import { installations } from '../installations/installation-table.ts'
import { eraseExchanges } from './exchange-store.ts'
import { accessTokens } from './token-table.ts'

/** Erases an account's tokens, and what is known of its exchanges. */
export async function eraseTokens(tx: Transaction, accountId: string): Promise<void> {
  await tx.delete(accessTokens).where(eq(accessTokens.accountId, accountId))
  await eraseExchanges(tx, accountId)
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
