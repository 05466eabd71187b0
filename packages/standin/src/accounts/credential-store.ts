import type { CredentialState, ErrorReason } from '@standin/contracts'
import { and, asc, desc, eq, inArray, isNotNull, lte, ne, not, or, sql } from 'drizzle-orm'
import { arrayText } from '../database/array-types.ts'
import type { Database, Transaction } from '../database/database.ts'
import { isReplicaAlive } from '../database/replica-store.ts'
import { type CredentialEvent, nextCredentialState } from './credential-lifecycle.ts'
import { credentials } from './credential-table.ts'

export type CredentialRow = typeof credentials.$inferSelect
export interface CredentialKey {
  accountId: string
  generation: number
}

const isLeftBehind = and(isNotNull(credentials.claimedBy), not(isReplicaAlive(credentials.claimedBy)))

const byKey = ({ accountId, generation }: CredentialKey) =>
  and(eq(credentials.accountId, accountId), eq(credentials.generation, generation))

/** Stores new credentials, to be proven from now on, and wakes whoever proves. */
export async function insertCredentials(tx: Transaction, row: typeof credentials.$inferInsert): Promise<void> {
  await tx.insert(credentials).values(row).returning(announced(row.accountId, row))
}

/** All credentials of an account, the newest generation first. */
export async function listCredentials(db: Database, accountId: string): Promise<CredentialRow[]> {
  return db.select().from(credentials).where(eq(credentials.accountId, accountId)).orderBy(desc(credentials.generation))
}

/** Those of several accounts, locked: whoever claims what is due passes them by until the transaction ends. */
export async function lockCredentialsOf(tx: Transaction, accountIds: readonly string[]): Promise<CredentialRow[]> {
  return tx
    .select()
    .from(credentials)
    .where(sql`${credentials.accountId} = any(${arrayText(accountIds)}::text::uuid[])`)
    .orderBy(asc(credentials.accountId), desc(credentials.generation))
    .for('update')
}

/** Credentials that were rejected before a moment and whose secret is still there. */
export async function listRejectedSince(
  db: Database,
  { before, limit }: { before: Date; limit: number },
): Promise<CredentialKey[]> {
  return db
    .select({ accountId: credentials.accountId, generation: credentials.generation })
    .from(credentials)
    .where(and(eq(credentials.state, 'rejected'), lte(credentials.since, before)))
    .orderBy(asc(credentials.since))
    .limit(limit)
}

/** Whether this client id serves (or once served and was proven for) another account. */
export async function clientServesAnother(tx: Transaction, clientId: string, accountId: string): Promise<boolean> {
  const [row] = await tx
    .select({ accountId: credentials.accountId })
    .from(credentials)
    .where(
      and(eq(credentials.clientId, clientId), ne(credentials.accountId, accountId), isNotNull(credentials.provenAt)),
    )
    .limit(1)
  return row !== undefined
}

/**
 * Two accounts that prove the same client at the same time do so one after the other, until the transaction ends:
 * else each would find that it serves nobody yet. Taken after the account's own lock.
 */
export async function lockClient(tx: Transaction, clientId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`client ${clientId}`}, 0))`)
}

/**
 * Moves credentials along their lifecycle.
 * @returns the state they are in now, or undefined where the event cannot happen in theirs: then nothing was changed
 */
export async function moveCredentials(
  tx: Transaction,
  row: Pick<CredentialRow, 'accountId' | 'generation' | 'state'>,
  event: CredentialEvent,
  { reason = null, ...change }: { reason?: ErrorReason | null } & Partial<CredentialRow> = {},
): Promise<CredentialState | undefined> {
  const state = nextCredentialState(row.state, event)
  if (!state) return undefined
  await tx
    .update(credentials)
    .set({ claimedBy: null, ...change, state, reason, since: sql`now()` })
    .where(byKey(row))
    .returning(announced(row.accountId, change))
  return state
}

/** Heard by every replica when the transaction commits: by whoever shows the account, and by whoever proves what is due. */
const announced = (accountId: string, { nextAttemptAt }: { nextAttemptAt?: Date | null | undefined }) => ({
  told: sql`pg_notify('credentials_changed', ${accountId})`,
  ...(nextAttemptAt && due),
})
const due = { due: sql`pg_notify('credentials_pending', '')` }

/** Changes what is not the state: times, attempts. */
export async function updateCredentials(
  tx: Transaction,
  key: CredentialKey,
  change: Partial<CredentialRow>,
): Promise<void> {
  await tx
    .update(credentials)
    .set({ claimedBy: null, ...change })
    .where(byKey(key))
    .returning(announced(key.accountId, change))
}

/** Asks Trackunit anew about credentials in force, at once: something came that contradicts them. */
export async function probeCredentials(tx: Transaction, key: CredentialKey, now: Date): Promise<void> {
  await updateCredentials(tx, key, { attempts: 0, nextAttemptAt: now })
}

/** Erases what is secret of a set of credentials; the row stays as history. */
export async function eraseSecret(tx: Transaction, key: CredentialKey): Promise<void> {
  await tx.update(credentials).set({ sealedSecret: null, contentDigest: null, nextAttemptAt: null }).where(byKey(key))
}

/**
 * Takes credentials whose attempt is due, for `holdMs`: another replica passes them by. If this one dies they are due at
 * once where it said who it is, else after that. Those of many get a quarter while others are due: whoever brings a
 * crowd holds up nobody else, and is not held up for good. Those that were not asked for yet go before those that were:
 * many JWTs that bring few each hold up nobody either.
 */
export async function claimDueCredentials(
  db: Database,
  claim: { limit: number; holdMs: number; replicaId?: number | undefined },
): Promise<CredentialRow[]> {
  const ofFew = { ...claim, limit: claim.limit - keptForMany(claim.limit) }
  const few = await claimOfFew(db, ofFew)
  const many = await claimDue(db, { ...claim, ofMany: true, limit: claim.limit - few.length })
  const left = claim.limit - few.length - many.length
  const rest = few.length === ofFew.limit && left > 0 ? await claimOfFew(db, { ...claim, limit: left }) : []
  return [...few, ...many, ...rest]
}

const keptForMany = (limit: number) => Math.floor(limit / 4)

async function claimOfFew(
  db: Database,
  claim: { limit: number; holdMs: number; replicaId?: number | undefined },
): Promise<CredentialRow[]> {
  const untried = await claimDue(db, { ...claim, ofMany: false, untried: true })
  const left = claim.limit - untried.length
  return left > 0 ? [...untried, ...(await claimDue(db, { ...claim, ofMany: false, limit: left }))] : untried
}

async function claimDue(
  db: Database,
  {
    ofMany,
    untried = false,
    limit,
    holdMs,
    replicaId,
  }: { ofMany: boolean; untried?: boolean; limit: number; holdMs: number; replicaId?: number | undefined },
): Promise<CredentialRow[]> {
  const due = db
    .select({ accountId: credentials.accountId, generation: credentials.generation })
    .from(credentials)
    .where(
      and(
        eq(credentials.ofMany, ofMany),
        untried ? eq(credentials.attempts, 0) : undefined,
        or(sql`${credentials.nextAttemptAt} <= now()`, isLeftBehind),
        inArray(credentials.state, ['pending', 'active', 'parked']),
      ),
    )
    .orderBy(asc(credentials.nextAttemptAt))
    .limit(limit)
    .for('update', { skipLocked: true })
  return db
    .update(credentials)
    .set({
      nextAttemptAt: sql`now() + ${holdMs} * interval '1 millisecond'`,
      // An attempt that nobody brought home is none: only what Trackunit answered counts.
      attempts: sql`${credentials.attempts} + case when ${credentials.claimedBy} is null then 1 else 0 end`,
      claimedBy: replicaId ?? null,
    })
    .where(sql`(${credentials.accountId}, ${credentials.generation}) in (${due})`)
    .returning()
}
