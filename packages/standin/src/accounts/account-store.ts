import type { CredentialState, ErrorReason } from '@standin/contracts'
import { and, asc, desc, eq, gt, isNotNull, lte, ne, sql } from 'drizzle-orm'
import { grants, signedGrants } from '../access/access-table.ts'
import type { GrantedAccounts } from '../access/authorize.ts'
import type { Announcing, Context, InTransaction } from '../context.ts'
import { arrayText } from '../database/array-text.ts'
import type { Database, Transaction } from '../database/database.ts'
import { isAmong, isOfAccounts } from '../database/is-among.ts'
import { limitInText } from '../database/limit-in-text.ts'
import type { Notices } from '../database/notices.ts'
import {
  credentials,
  installations,
  type ServingState,
  type SignedCredentials,
  signedAccounts,
  signedCredentials,
} from './account-table.ts'
import { provenClients } from './client-table.ts'
import { type CredentialEvent, nextCredentialState } from './credential-lifecycle.ts'
import { noRefusals } from './refusal-evidence.ts'

// Longer than 200 lines, so that everything about one account's rows is in one place.

export type InstallationRow = typeof installations.$inferSelect
export type CredentialRow = typeof credentials.$inferSelect
export interface CredentialKey {
  accountId: string
  generation: number
}

/** An account: its installation and all its credentials, the newest generation first. */
export interface Account<Row extends CredentialRow = CredentialRow> {
  installation: InstallationRow
  credentials: readonly Row[]
}

/** Locks an account until the transaction ends, and creates its row if it has none: one change at a time. */
export async function lockAccount(tx: Transaction, accountId: string): Promise<Account> {
  const installation = await lockInstallation(tx, accountId)
  return { installation, credentials: await listCredentials(tx, accountId) }
}

/** The same without reading the credentials. */
export async function lockInstallation(tx: Transaction, accountId: string): Promise<InstallationRow> {
  const { rows } = await lockInstallations(tx, [accountId])
  const [row] = rows
  if (!row) throw new Error('the row was inserted before')
  return row
}

/**
 * Locks the rows of several accounts until the transaction ends, and creates those that are missing. In the order of their
 * ids, so that two transactions with some of the same accounts never deadlock.
 * @returns the rows, and the accounts whose row was created
 */
export async function lockInstallations(
  tx: Transaction,
  accountIds: readonly string[],
): Promise<{ rows: InstallationRow[]; created: string[] }> {
  const ids = [...new Set(accountIds)].sort()
  const created = await tx.execute<{ accountId: string }>(sql`
    insert into ${installations} (account_id) select unnest(${arrayText(ids)}::text::uuid[])
    on conflict do nothing returning account_id as "accountId"`)
  const rows = await tx
    .select()
    .from(installations)
    .where(isOfAccounts(installations.accountId, ids))
    .orderBy(asc(installations.accountId))
    .for('update')
  const ofThese = created.map(({ accountId }) => accountId)
  if (rows.length === ids.length) return { rows, created: ofThese }
  const again = await lockInstallations(tx, accountIds) // One was deleted, because of its age, between the two statements.
  return { rows: again.rows, created: [...ofThese, ...again.created] }
}

export async function updateInstallation(
  { db, notices }: Announcing,
  accountId: string,
  change: Partial<Omit<InstallationRow, keyof ServingState | 'mac'>>,
): Promise<void> {
  await db
    .update(installations)
    .set({ ...change, changedAt: sql`now()`, isUnreviewed: true, reviewingUntil: null })
    .where(eq(installations.accountId, accountId))
  notices.send('installation_changed', accountId)
}

/** Changes whether an account is served, and with which credentials. Such a row is signed. */
export async function updateServing(
  tx: Announcing & Pick<InTransaction, 'signedRows'>,
  state: ServingState,
  change: Parameters<typeof updateInstallation>[2] = {},
): Promise<void> {
  const { accountId, ...serving } = state
  const signed = { ...serving, mac: tx.signedRows.sign(signedAccounts, state) }
  await tx.db.update(installations).set(signed).where(eq(installations.accountId, accountId))
  await updateInstallation(tx, accountId, change)
}

/** All accounts that are served, and with which credentials. */
export async function listServing(db: Database): Promise<ServingState[]> {
  const { accountId, activeGeneration } = installations
  return db.select({ accountId, activeGeneration }).from(installations).where(isNotNull(activeGeneration))
}

/** An account as it is now, in one statement; undefined if it never sent a callback. */
export async function findAccount(db: Database, accountId: string): Promise<Account | undefined> {
  const [account] = await findAccounts(db, [accountId])
  return account
}

/** Several accounts as they are now, in one statement, in the order of their ids; without those that never sent a callback. */
export async function findAccounts(db: Database, accountIds: readonly string[]): Promise<Account[]> {
  const rows = await db
    .select({ installation: installations, row: credentials })
    .from(installations)
    .leftJoin(credentials, eq(credentials.accountId, installations.accountId))
    .where(isOfAccounts(installations.accountId, accountIds))
    .orderBy(asc(installations.accountId), desc(credentials.generation))
  const accounts = new Map<string, { installation: InstallationRow; credentials: CredentialRow[] }>()
  for (const { installation, row } of rows) {
    const account = accounts.get(installation.accountId) ?? { installation, credentials: [] }
    if (row) account.credentials.push(row)
    accounts.set(installation.accountId, account)
  }
  return [...accounts.values()]
}

export async function findInstallation(db: Database, accountId: string): Promise<InstallationRow | undefined> {
  const [row] = await db.select().from(installations).where(eq(installations.accountId, accountId))
  return row
}

interface Page {
  after?: string | undefined
  limit: number
}

/** Those of `accounts` that ever sent a callback, in the order of their ids, after the given one. */
export async function listAccounts(
  { db, signedRows }: Pick<Context, 'db' | 'signedRows'>,
  accounts: GrantedAccounts,
  { after, limit }: Page,
): Promise<string[]> {
  if (typeof accounts === 'object' && 'service' in accounts)
    return listGranted({ db, signedRows }, accounts.service, { after, limit })
  const rows = await db
    .select({ accountId: installations.accountId })
    .from(installations)
    .where(
      and(
        after === undefined ? undefined : gt(installations.accountId, after),
        accounts === 'all' ? undefined : isAmong(installations.accountId, accounts),
      ),
    )
    .orderBy(asc(installations.accountId))
    .limit(limitInText(Math.ceil(limit / idsAtOnce) * idsAtOnce))
  return rows.slice(0, limit).map(({ accountId }) => accountId)
}

/** Limits are rounded up to multiples of this, so that they make few statements: the longest page, and one more. */
const idsAtOnce = 101

/** The same for a service's grants, however many there are. Grants that Standin did not sign do not count. */
async function listGranted(
  { db, signedRows }: Pick<Context, 'db' | 'signedRows'>,
  service: string,
  { after, limit }: Page,
): Promise<string[]> {
  const isOfGrant = sql`${installations.accountId} = case when ${grants.accountId} <> 'all' then ${grants.accountId}::uuid end`
  const rows = await db
    .select({ grant: grants })
    .from(grants)
    .innerJoin(installations, isOfGrant)
    .where(and(eq(grants.service, service), after === undefined ? undefined : gt(grants.accountId, after)))
    .orderBy(asc(grants.accountId))
    .limit(limit)
  const signed = rows.flatMap(({ grant }) => (signedRows.accept(signedGrants, grant) ? [grant.accountId] : []))
  const last = rows.at(-1)?.grant.accountId
  if (signed.length === rows.length || rows.length < limit) return signed
  return [...signed, ...(await listGranted({ db, signedRows }, service, { after: last, limit: limit - signed.length }))]
}

const byKey = ({ accountId, generation }: CredentialKey) =>
  and(eq(credentials.accountId, accountId), eq(credentials.generation, generation))

/** All credentials of an account, the newest generation first. */
export async function listCredentials(db: Database, accountId: string): Promise<CredentialRow[]> {
  return db.select().from(credentials).where(eq(credentials.accountId, accountId)).orderBy(desc(credentials.generation))
}

/** Credentials that were rejected before a moment and still have their secret, the oldest first. */
export async function listRejected(
  db: Database,
  { before, limit }: { before: Date; limit: number },
): Promise<CredentialKey[]> {
  return db
    .select({ accountId: credentials.accountId, generation: credentials.generation })
    .from(credentials)
    .where(and(sql`${credentials.state} = 'rejected'`, lte(credentials.since, before)))
    .orderBy(asc(credentials.since))
    .limit(limit)
}

/** Whether this client id was ever proven for another account. */
export async function clientServesAnother(tx: Transaction, clientId: string, accountId: string): Promise<boolean> {
  const isOfAnother = and(eq(provenClients.clientId, clientId), ne(provenClients.accountId, accountId))
  return (await tx.$count(provenClients, isOfAnother)) > 0
}

/** Records that this client was proven for this account. From now on it may not serve another one. */
async function noteProvenClient(
  tx: Transaction,
  { clientId, accountId }: Pick<CredentialRow, 'clientId' | 'accountId'>,
): Promise<void> {
  await tx.insert(provenClients).values({ clientId, accountId }).onConflictDoNothing()
}

/**
 * Lets one account at a time prove a client, until the transaction ends: of two at the same time, neither would see that
 * the client serves the other one. Taken after the account's own lock.
 */
export async function lockClient(tx: Transaction, clientId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`client ${clientId}`}, 0))`)
}

type Signing = Announcing & Pick<InTransaction, 'signedRows'>

/** Stores new credentials; if they are due, every replica's prover wakes. */
export async function insertCredentials(
  { db, notices, signedRows }: Signing,
  row: Omit<typeof credentials.$inferInsert, 'mac'> & SignedCredentials,
): Promise<void> {
  const mac = signedRows.sign(signedCredentials, row)
  await db.insert(credentials).values({ ...row, mac })
  announceCredentials(notices, row.accountId, row)
}

/** The signature of credentials after a change. A row that Standin did not write keeps its own: signing would make it valid. */
export function signatureAfter(
  { signedRows }: Pick<Signing, 'signedRows'>,
  before: CredentialRow,
  after: SignedCredentials,
): string | null {
  return signedRows.isSigned(signedCredentials, before) ? signedRows.sign(signedCredentials, after) : before.mac
}

/**
 * Moves credentials along their lifecycle.
 * @returns their new state, or undefined if the event cannot happen in their current one: then nothing was changed
 */
export async function moveCredentials(
  tx: Signing,
  row: CredentialRow,
  event: CredentialEvent,
  { reason = null, ...change }: { reason?: ErrorReason | null } & Partial<Omit<CredentialRow, 'mac'>> = {},
): Promise<CredentialState | undefined> {
  const state = nextCredentialState(row.state, event)
  if (!state) return undefined
  if (change.provenAt) await noteProvenClient(tx.db, row)
  const mac = signatureAfter(tx, row, { ...row, ...change, state })
  await tx.db
    .update(credentials)
    .set({ claimedBy: null, ...change, state, reason, since: sql`now()`, mac })
    .where(byKey(row))
  announceCredentials(tx.notices, row.accountId, change)
  return state
}

/** Changes what is not signed: times, attempts. */
export async function updateCredentials(
  { db, notices }: Announcing,
  key: CredentialKey,
  change: Partial<Omit<CredentialRow, keyof SignedCredentials | 'mac'>>,
): Promise<void> {
  await db
    .update(credentials)
    .set({ claimedBy: null, ...change })
    .where(byKey(key))
  announceCredentials(notices, key.accountId, change)
}

/** Probes credentials in force at once, because something contradicts them. Earlier refusals no longer count. */
export async function probeCredentials(tx: Announcing, key: CredentialKey, now: Date): Promise<void> {
  await updateCredentials(tx, key, { attempts: 0, ...noRefusals, nextAttemptAt: now })
}

/**
 * After a restore of the database: credentials in force are not used until Trackunit accepts them again. Since the backup,
 * the account may have uninstalled the app or received other credentials.
 * @returns how many have to be proven
 */
export async function doubtCredentialsInForce({ db, notices }: Announcing): Promise<number> {
  const doubted = await db
    .update(credentials)
    .set({ isUnconfirmed: true, claimedBy: null, attempts: 0, ...noRefusals, nextAttemptAt: sql`now()` })
    .where(sql`${credentials.state} in ('active', 'parked')`)
    .returning({ accountId: credentials.accountId })
  notices.send('credentials_pending')
  return doubted.length
}

/** Ends credentials and erases their secret; the row stays as history. */
export async function eraseCredentials(tx: Signing, row: CredentialRow): Promise<void> {
  await moveCredentials(tx, row, 'uninstalled', { sealedSecret: null, contentDigest: null, nextAttemptAt: null })
}

/** Notifies every replica: those that show the account, and the provers if work is due. */
function announceCredentials(
  notices: Notices,
  accountId: string,
  { nextAttemptAt }: { nextAttemptAt?: Date | null | undefined },
): void {
  notices.send('credentials_changed', accountId)
  if (nextAttemptAt) notices.send('credentials_pending')
}
