import { sql } from 'drizzle-orm'
import { type Account, lockInstallations } from '../accounts/account-store.ts'
import { provenClients } from '../accounts/client-table.ts'
import { type AccountChanges, lockCredentialsOf, writeAccounts } from '../accounts/many-accounts-store.ts'
import { auditEntries } from '../audit/audit-table.ts'
import { type AuditEntry, auditRow } from '../audit/record.ts'
import type { InTransaction } from '../context.ts'
import type { Transaction } from '../database/database.ts'
import { insertionOf } from '../database/rows/many-rows.ts'
import type { KnownCallback } from './callback-decision.ts'
import { callbackIdentities, callbacks } from './callback-table.ts'
import { mostCounted } from './identity-quota.ts'
import { callbackDigest, type VerifiedCallback } from './verified-callback.ts'

/**
 * Locks the accounts of callbacks until the transaction ends, and reads everything that is needed to decide.
 * @returns the accounts by their ids, those whose row was created here, and what is known about each callback, in their order
 */
export async function readGroup(
  tx: Transaction,
  group: readonly VerifiedCallback[],
  { lockTimeoutMs }: { lockTimeoutMs: number | undefined },
): Promise<{ accounts: Map<string, Account>; created: string[]; known: KnownCallback[] }> {
  if (lockTimeoutMs !== undefined) await tx.execute(sql.raw(`set local lock_timeout = ${Math.ceil(lockTimeoutMs)}`))
  const ids = group.map(({ callback }) => callback.body.accountId)
  const { rows, created } = await lockInstallations(tx, ids)
  const [locked, known] = await Promise.all([lockCredentialsOf(tx, ids), readKnown(tx, group)])
  const credentialsOf = Map.groupBy(locked, ({ accountId }) => accountId)
  const accounts = rows.map((installation): [string, Account] => [
    installation.accountId,
    { installation, credentials: credentialsOf.get(installation.accountId) ?? [] },
  ])
  return { accounts: new Map(accounts), created, known }
}

/** What the database knows about each callback, in their order. */
async function readKnown(tx: Transaction, group: readonly VerifiedCallback[]): Promise<KnownCallback[]> {
  const asked = group.map(({ callback, identity, identityDigest }, no) => ({
    no,
    identityDigest,
    issuedAt: identity.issuedAt,
    contentDigest: callbackDigest(callback),
    accountId: callback.body.accountId,
    clientId: callback.kind === 'INSTALLED' ? callback.body.clientId : null,
  }))
  // Each `limit` makes its subquery one index lookup, however many rows the tables have.
  const found = await tx.execute<{ [Name in keyof Omit<KnownCallback, 'verified'>]: KnownCallback[Name] }>(sql`
    with asked as (
      select * from json_to_recordset(${JSON.stringify(asked)}::text::json) as asked(
        no int, "accountId" uuid, "contentDigest" text, "issuedAt" timestamptz, "identityDigest" text, "clientId" text)
    ), of_account as (
      select "identityDigest", earlier.account_id as "accountId", count(*)::int as callbacks
      from (select distinct "identityDigest" from asked) as jwt, lateral (
        select account_id from ${callbackIdentities} where identity_digest = jwt."identityDigest" limit ${mostCounted}
      ) as earlier group by 1, 2
    ), total as (
      select "identityDigest", sum(callbacks)::int as callbacks from of_account group by 1
    )
    select "contentDigest",
      (select true from ${callbacks} where content_digest = "contentDigest" and account_id = "accountId" limit 1)
        is not null as "appliedBefore",
      (select true from ${callbacks} where content_digest = "contentDigest" and account_id = "accountId"
        and issued_at = "issuedAt" limit 1) is not null as "appliedAtThatTime",
      (select true from ${provenClients} where client_id = "clientId" and account_id <> "accountId" limit 1) is not null as "clientServesAnother",
      coalesce(total.callbacks, 0) as "identityTotal", coalesce(of_account.callbacks, 0) as "identityOfAccount"
    from asked left join total using ("identityDigest") left join of_account using ("identityDigest", "accountId")
    order by no`)
  return group.flatMap((verified, index) => {
    const row = found[index]
    return row ? [{ verified, ...row }] : []
  })
}

/** What a group of callbacks writes. */
export interface GroupChanges extends AccountChanges {
  ledger: Array<typeof callbacks.$inferInsert>
  identities: Array<typeof callbackIdentities.$inferInsert>
  audit: readonly AuditEntry[]
}

/** Writes all of it in one statement, and notifies every replica. */
export async function writeGroup(
  tx: InTransaction,
  { ledger, identities, audit, ...accounts }: GroupChanges,
): Promise<void> {
  const signed = audit.map((entry) => auditRow(tx.audit, entry))
  const underJwts = insertionOf(callbackIdentities, identities)
  await writeAccounts(tx, accounts, [
    insertionOf(callbacks, ledger),
    underJwts && sql`${underJwts} on conflict do nothing`,
    insertionOf(auditEntries, signed),
  ])
}
