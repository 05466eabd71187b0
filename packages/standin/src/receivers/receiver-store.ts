import type { TrustedDomain, TrustedKind } from '@standin/contracts'
import { and, asc, desc, eq, lt, sql } from 'drizzle-orm'
import type { InTransaction } from '../context.ts'
import type { Database, Transaction } from '../database/database.ts'
import { isAmong } from '../database/is-among.ts'
import { questionsPerHour } from './next-question.ts'
import { receivers, trustedDomains } from './receiver-table.ts'

export type ReceiverRow = typeof receivers.$inferSelect
type TrustedRow = typeof trustedDomains.$inferSelect

/** Lets one transaction at a time change an account's list. */
export async function lockReceiversOf(tx: Transaction, accountId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`receivers ${accountId}`}, 0))`)
}

export async function listTrusted(db: Database, accountId: string): Promise<TrustedRow[]> {
  return db
    .select()
    .from(trustedDomains)
    .where(eq(trustedDomains.accountId, accountId))
    .orderBy(asc(trustedDomains.domain), asc(trustedDomains.kind))
}

/** @returns false if it was already trusted */
export async function insertTrusted(tx: Transaction, row: TrustedRow): Promise<boolean> {
  return (await tx.insert(trustedDomains).values(row).onConflictDoNothing().returning()).length > 0
}

/** @returns false if it was not trusted */
export async function deleteTrusted(
  tx: Transaction,
  { accountId, kind, domain }: { accountId: string; kind: TrustedKind; domain: string },
): Promise<boolean> {
  const is = and(
    eq(trustedDomains.accountId, accountId),
    eq(trustedDomains.kind, kind),
    eq(trustedDomains.domain, domain),
  )
  return (await tx.delete(trustedDomains).where(is).returning()).length > 0
}

const mostListed = 200

/** The ones that were asked or answered last come first. */
export async function listReceivers(db: Database, accountId: string): Promise<ReceiverRow[]> {
  return db
    .select()
    .from(receivers)
    .where(eq(receivers.accountId, accountId))
    .orderBy(desc(sql`greatest(${receivers.askedAt}, ${receivers.answeredAt})`), asc(receivers.address))
    .limit(mostListed)
}

/** Those of some addresses that have a row. */
export async function findReceivers(
  db: Database,
  accountId: string,
  addresses: readonly string[],
): Promise<ReceiverRow[]> {
  return db
    .select()
    .from(receivers)
    .where(and(eq(receivers.accountId, accountId), isAmong(receivers.address, addresses)))
}

export async function listOfMailbox(tx: Transaction, accountId: string, mailbox: string): Promise<ReceiverRow[]> {
  return tx
    .select()
    .from(receivers)
    .where(and(eq(receivers.accountId, accountId), eq(receivers.mailbox, mailbox)))
}

/** When an account asked its last receivers, as many as may be asked in an hour. */
export async function lastQuestions(tx: Transaction, accountId: string): Promise<Date[]> {
  const rows = await tx
    .select({ askedAt: receivers.askedAt })
    .from(receivers)
    .where(and(eq(receivers.accountId, accountId), sql`${receivers.askedAt} is not null`))
    .orderBy(desc(receivers.askedAt))
    .limit(questionsPerHour)
  return rows.flatMap(({ askedAt }) => askedAt ?? [])
}

/** Forgets addresses that never answered. */
export async function deleteUnanswered(tx: Transaction, accountId: string, askedBefore: Date): Promise<void> {
  const isUnanswered = and(eq(receivers.state, 'unconfirmed'), lt(receivers.askedAt, askedBefore))
  await tx.delete(receivers).where(and(eq(receivers.accountId, accountId), isUnanswered))
}

/** Inserts or updates a receiver. */
export async function putReceiver(
  tx: Transaction,
  row: typeof receivers.$inferInsert & Pick<ReceiverRow, 'state'>,
): Promise<ReceiverRow> {
  const { accountId: _, address: __, mailbox: ___, ...change } = row
  const [stored] = await tx
    .insert(receivers)
    .values(row)
    .onConflictDoUpdate({ target: [receivers.accountId, receivers.address], set: change })
    .returning()
  if (!stored) throw new Error('an upsert returns its row')
  return stored
}

/** @returns false unless this link is the one that confirms it */
export async function confirmAsked(
  tx: Transaction,
  { accountId, address, askId }: { accountId: string; address: string; askId: string },
  answeredAt: Date,
): Promise<boolean> {
  const isAsked = and(isReceiver(accountId, address), eq(receivers.askId, askId))
  const change = { state: 'confirmed', askId: null, asks: 0, answeredAt } as const
  return (await tx.update(receivers).set(change).where(isAsked).returning()).length > 0
}

/** @returns false if it was not confirmed */
export async function deleteConfirmed(
  tx: Transaction,
  { accountId, address }: { accountId: string; address: string },
): Promise<boolean> {
  const isConfirmed = and(isReceiver(accountId, address), eq(receivers.state, 'confirmed'))
  return (await tx.delete(receivers).where(isConfirmed).returning()).length > 0
}

const isReceiver = (accountId: string, address: string) =>
  and(eq(receivers.accountId, accountId), eq(receivers.address, address))

export async function eraseReceiversOf({ db }: InTransaction, accountId: string): Promise<void> {
  await db.delete(trustedDomains).where(eq(trustedDomains.accountId, accountId))
  await db.delete(receivers).where(eq(receivers.accountId, accountId))
}

export const toTrustedDomain = ({ kind, domain, addedBy, addedAt }: TrustedRow): TrustedDomain => ({
  kind,
  domain,
  addedBy,
  addedAt: addedAt.toISOString(),
})
