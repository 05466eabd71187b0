import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import { grants, serviceKeys } from './access-table.ts'
import type { ServiceCaller } from './caller.ts'

/** The service behind a key that is neither expired nor revoked, with all that it was granted. */
export async function findServiceByKey(db: Database, digest: string): Promise<ServiceCaller | undefined> {
  const rows = await db
    .select({ keyId: serviceKeys.id, service: serviceKeys.service, accountId: grants.accountId, scopes: grants.scopes })
    .from(serviceKeys)
    .leftJoin(grants, eq(grants.service, serviceKeys.service))
    .where(and(eq(serviceKeys.digest, digest), isNull(serviceKeys.revokedAt), sql`${serviceKeys.expiresAt} > now()`))
  const [first] = rows
  if (!first) return undefined
  return {
    kind: 'service',
    service: first.service,
    keyId: first.keyId,
    grants: rows.flatMap(({ accountId, scopes }) => (accountId && scopes ? [{ accountId, scopes }] : [])),
  }
}

export async function insertServiceKey(tx: Transaction, row: typeof serviceKeys.$inferInsert): Promise<void> {
  await tx.insert(serviceKeys).values(row)
}

/** Sets what a service may do on an account; what it could do there before is replaced. */
export async function setGrant(tx: Transaction, row: typeof grants.$inferInsert): Promise<void> {
  await tx
    .insert(grants)
    .values(row)
    .onConflictDoUpdate({ target: [grants.service, grants.accountId], set: { scopes: row.scopes } })
}
