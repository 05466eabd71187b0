import { and, asc, eq, inArray, isNull, or, sql } from 'drizzle-orm'
import type { Announcing, Context, InTransaction } from '../context.ts'
import { arrayText } from '../database/array-text.ts'
import type { Database, Transaction } from '../database/database.ts'
import type { Notices } from '../database/notices.ts'
import { grants, serviceKeys, signedGrants, signedKeys } from './access-table.ts'
import type { Grant, ServiceCaller } from './caller.ts'

export type ServiceKeyRow = typeof serviceKeys.$inferSelect
export type GrantRow = typeof grants.$inferSelect

/** A key that is valid now, and what its service may do. */
export interface GoodKey {
  caller: ServiceCaller
  expiresAt: Date
}

/** In a grant, instead of an account's id. */
const onAllAccounts = 'all'

type Reading = Pick<Context, 'db' | 'signedRows'>
type Writing = Announcing & Pick<InTransaction, 'signedRows'>

/** The service behind a key that is neither expired nor revoked, with its grant for all accounts: rows that Standin signed. */
export function findServiceByKey(ctx: Reading, digest: string): Promise<GoodKey | undefined> {
  return findGoodKey(ctx, eq(serviceKeys.digest, digest))
}

/** The digests among these that a key has, valid or not. */
export async function whichKeysExist(db: Database, digests: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db
    .select({ digest: serviceKeys.digest })
    .from(serviceKeys)
    .where(sql`${serviceKeys.digest} = any(${arrayText(digests)}::text::text[])`)
  return new Set(rows.map(({ digest }) => digest))
}

/**
 * The same by the key's public id, for streams and schedules that were opened with the key.
 * @param accountId includes its grant for this account
 */
export function findServiceByKeyId(
  ctx: Reading,
  keyId: string,
  accountId = onAllAccounts,
): Promise<GoodKey | undefined> {
  return findGoodKey(ctx, eq(serviceKeys.id, keyId), accountId)
}

async function findGoodKey(
  { db, signedRows }: Reading,
  isKey: ReturnType<typeof eq>,
  accountId = onAllAccounts,
): Promise<GoodKey | undefined> {
  const rows = await db
    .select({ key: serviceKeys, grant: grants })
    .from(serviceKeys)
    .leftJoin(
      grants,
      and(eq(grants.service, serviceKeys.service), inArray(grants.accountId, [onAllAccounts, accountId])),
    )
    .where(and(isKey, isNull(serviceKeys.revokedAt), sql`${serviceKeys.expiresAt} > now()`))
  const key = rows[0]?.key
  if (!key || !signedRows.accept(signedKeys, key)) return undefined
  return {
    expiresAt: key.expiresAt,
    caller: {
      kind: 'service',
      service: key.service,
      keyId: key.id,
      mac: key.mac,
      grants: rows.flatMap(({ grant }) => {
        if (!grant || !signedRows.accept(signedGrants, grant)) return []
        const { accountId, scopes, mac } = grant
        return [{ accountId, scopes, mac }]
      }),
    },
  }
}

/** A service, and an account that it asks about. */
export type AskedGrant = Pick<GrantRow, 'service' | 'accountId'>

/**
 * The grants of services on accounts, including those for all accounts: rows that Standin signed.
 * @returns the grants of each, in the order of `asked`
 */
export async function findGrants(
  { db, signedRows }: Reading,
  asked: readonly AskedGrant[],
): Promise<ReadonlyArray<readonly Grant[]>> {
  const services = arrayText(asked.map(({ service }) => service))
  const accounts = arrayText(asked.map(({ accountId }) => accountId))
  const rows = await db.execute<GrantRow & { no: string }>(sql`
    select asked.no, found.service, found.account_id as "accountId", to_json(found.scopes) as scopes, found.mac
    from unnest(${services}::text::text[], ${accounts}::text::text[]) with ordinality as asked(service, account_id, no)
    join ${grants} found on found.service = asked.service and found.account_id in (${onAllAccounts}, asked.account_id)`)
  const found = asked.map((): Grant[] => [])
  for (const row of rows)
    if (signedRows.accept(signedGrants, row))
      found[Number(row.no) - 1]?.push({ accountId: row.accountId, scopes: row.scopes, mac: row.mac })
  return found
}

export async function insertServiceKey(
  { db, signedRows }: Writing,
  row: Pick<ServiceKeyRow, 'id' | 'service' | 'digest' | 'expiresAt'>,
): Promise<void> {
  await db.insert(serviceKeys).values({ ...row, mac: signedRows.sign(signedKeys, { ...row, revokedAt: null }) })
}

/** Locks the row until the transaction ends. */
export async function lockServiceKey(tx: Transaction, id: string): Promise<ServiceKeyRow | undefined> {
  const [row] = await tx.select().from(serviceKeys).where(eq(serviceKeys.id, id)).for('update')
  return row
}

/** @param row as it is now, locked */
export async function updateServiceKey(
  { db, notices, signedRows }: Writing,
  row: ServiceKeyRow,
  change: Partial<Pick<ServiceKeyRow, 'expiresAt' | 'revokedAt'>>,
): Promise<void> {
  const mac = signedRows.sign(signedKeys, { ...row, ...change })
  await db
    .update(serviceKeys)
    .set({ ...change, mac })
    .where(eq(serviceKeys.id, row.id))
  announceAccessChange(notices)
}

/** Keys, the newest first; only those of `service` if it is given. */
export async function listServiceKeys(db: Database, service: string | undefined): Promise<ServiceKeyRow[]> {
  return db
    .select()
    .from(serviceKeys)
    .where(service === undefined ? undefined : eq(serviceKeys.service, service))
    .orderBy(sql`${serviceKeys.createdAt} desc`, asc(serviceKeys.id))
}

/** Sets what a service may do on an account; replaces its grant there. */
export async function setGrant(
  { db, notices, signedRows }: Writing,
  row: Pick<GrantRow, 'service' | 'accountId' | 'scopes'>,
): Promise<void> {
  const mac = signedRows.sign(signedGrants, row)
  await db
    .insert(grants)
    .values({ ...row, mac })
    .onConflictDoUpdate({ target: [grants.service, grants.accountId], set: { scopes: row.scopes, mac } })
  announceAccessChange(notices)
}

/** @returns whether there was such a grant */
export async function deleteGrant(
  { db, notices }: Announcing,
  { service, accountId }: Pick<GrantRow, 'service' | 'accountId'>,
): Promise<boolean> {
  const gone = await db
    .delete(grants)
    .where(and(eq(grants.service, service), eq(grants.accountId, accountId)))
    .returning({ service: grants.service })
  announceAccessChange(notices)
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
const announceAccessChange = (notices: Notices) => notices.send('access_changed')
