import { and, asc, eq, isNull, or, sql } from 'drizzle-orm'
import { arrayText } from '../database/array-text.ts'
import type { Database, Transaction } from '../database/database.ts'
import { grants, serviceKeys } from './access-table.ts'
import type { ServiceCaller } from './caller.ts'

export type ServiceKeyRow = typeof serviceKeys.$inferSelect
export type GrantRow = typeof grants.$inferSelect

/** A key that is good now, and what its service may do. */
export interface GoodKey {
  caller: ServiceCaller
  expiresAt: Date
}

/** The service behind a key that is neither expired nor revoked, with its grants. */
export function findServiceByKey(db: Database, digest: string): Promise<GoodKey | undefined> {
  return findGoodKey(db, eq(serviceKeys.digest, digest))
}

/** Those of these digests that a key has, good or not. */
export async function whichKeysExist(db: Database, digests: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db
    .select({ digest: serviceKeys.digest })
    .from(serviceKeys)
    .where(sql`${serviceKeys.digest} = any(${arrayText(digests)}::text::text[])`)
  return new Set(rows.map(({ digest }) => digest))
}

/** The same by the key's public id, for streams and schedules that were opened with the key. */
export function findServiceByKeyId(db: Database, keyId: string): Promise<GoodKey | undefined> {
  return findGoodKey(db, eq(serviceKeys.id, keyId))
}

async function findGoodKey(db: Database, isKey: ReturnType<typeof eq>): Promise<GoodKey | undefined> {
  const rows = await db
    .select({
      keyId: serviceKeys.id,
      service: serviceKeys.service,
      expiresAt: serviceKeys.expiresAt,
      accountId: grants.accountId,
      scopes: grants.scopes,
    })
    .from(serviceKeys)
    .leftJoin(grants, eq(grants.service, serviceKeys.service))
    .where(and(isKey, isNull(serviceKeys.revokedAt), sql`${serviceKeys.expiresAt} > now()`))
  const [first] = rows
  if (!first) return undefined
  return {
    expiresAt: first.expiresAt,
    caller: {
      kind: 'service',
      service: first.service,
      keyId: first.keyId,
      grants: rows.flatMap(({ accountId, scopes }) => (accountId && scopes ? [{ accountId, scopes }] : [])),
    },
  }
}

export async function insertServiceKey(tx: Transaction, row: typeof serviceKeys.$inferInsert): Promise<void> {
  await tx.insert(serviceKeys).values(row)
}

/** Locks the row until the transaction ends. */
export async function lockServiceKey(tx: Transaction, id: string): Promise<ServiceKeyRow | undefined> {
  const [row] = await tx.select().from(serviceKeys).where(eq(serviceKeys.id, id)).for('update')
  return row
}

export async function updateServiceKey(
  tx: Transaction,
  id: string,
  change: Partial<Pick<ServiceKeyRow, 'expiresAt' | 'revokedAt'>>,
): Promise<void> {
  await tx.update(serviceKeys).set(change).where(eq(serviceKeys.id, id))
  await announceAccessChange(tx)
}

/** Keys, the newest first; only those of `service` where it is given. */
export async function listServiceKeys(db: Database, service: string | undefined): Promise<ServiceKeyRow[]> {
  return db
    .select()
    .from(serviceKeys)
    .where(service === undefined ? undefined : eq(serviceKeys.service, service))
    .orderBy(sql`${serviceKeys.createdAt} desc`, asc(serviceKeys.id))
}

/** Sets what a service may do on an account; replaces its grant there. */
export async function setGrant(tx: Transaction, row: typeof grants.$inferInsert): Promise<void> {
  await tx
    .insert(grants)
    .values(row)
    .onConflictDoUpdate({ target: [grants.service, grants.accountId], set: { scopes: row.scopes } })
  await announceAccessChange(tx)
}

/** @returns whether there was such a grant */
export async function deleteGrant(
  tx: Transaction,
  { service, accountId }: Pick<GrantRow, 'service' | 'accountId'>,
): Promise<boolean> {
  const gone = await tx
    .delete(grants)
    .where(and(eq(grants.service, service), eq(grants.accountId, accountId)))
    .returning({ service: grants.service })
  await announceAccessChange(tx)
  return gone.length > 0
}

/** Grants by service and account; with an account, only those that apply to it. */
export async function listGrants(
  db: Database,
  { service, accountId }: { service?: string | undefined; accountId?: string | undefined },
): Promise<GrantRow[]> {
  return db
    .select()
    .from(grants)
    .where(
      and(
        service === undefined ? undefined : eq(grants.service, service),
        accountId === undefined ? undefined : or(eq(grants.accountId, accountId), eq(grants.accountId, 'all')),
      ),
    )
    .orderBy(asc(grants.service), asc(grants.accountId))
}

/** Every replica hears this when the transaction commits, and reads keys and grants again. */
async function announceAccessChange(tx: Transaction): Promise<void> {
  await tx.execute(sql`select pg_notify('access_changed', '')`)
}
