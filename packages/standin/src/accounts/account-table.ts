import type { CredentialState, ErrorReason } from '@standin/contracts'
import { type AnyColumn, type SQL, sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { moment } from '../database/moment.ts'
import type { SignedKind } from '../secrets/signed-rows.ts'

/**
 * One row for each account that sent a callback: locked while anything about its credentials changes. Ages: with them; the
 * row of an account that never had credentials in force is deleted after the last of them.
 */
export const installations = pgTable(
  'installations',
  {
    accountId: uuid().primaryKey(),
    /** The credentials in force; null while there are none, and after an uninstall. */
    activeGeneration: integer(),
    lastGeneration: integer().notNull().default(0),
    /** The newest UNINSTALLED that took effect, by its JWT's time: what was sent before it does not come back. */
    uninstalledAt: moment(),
    /** The newest bound UNINSTALLED that is neither undone nor final, by its JWT's time: what was sent until then is stopped. */
    suspendedUpTo: moment(),
    /** When that uninstall took effect. */
    suspendedAt: moment(),
    /** The newest bound UNINSTALLED that a person undid: sent again, it stops nothing. */
    restoredUpTo: moment(),
    /** Since when the operator keeps the account from being served, whatever its credentials are. */
    pausedAt: moment(),
    /** What the operator calls the account; gone once the account is uninstalled. Nothing is decided by it. */
    name: text(),
    /** The same in lower case, for searches: a database with the locale C knows no letters but English ones. */
    nameInLowerCase: text(),
    /** Since when the account's data is being erased, in batches. */
    erasingSince: moment(),
    /** An uninstall that nothing binds to the account. */
    uninstallSignalledAt: moment(),
    /** The newest signal that a person dismissed: it is not shown again. */
    uninstallDismissedAt: moment(),
    /** When the lifecycle extension last caused a probe, since it may not do so often. */
    uninstallProbedAt: moment(),
    changedAt: moment().notNull().defaultNow(),
    /** It changed, and no worker has checked yet whether its runs can continue and its schedules may still start. */
    isUnreviewed: boolean().notNull().default(false),
    /** Until then a worker reviews the last change; null as soon as the account changes again. */
    reviewingUntil: moment(),
    /** Null until credentials came into force, and while an uninstall or the operator has stopped them. */
    mac: text(),
  },
  (table) => [
    index('installations_never_served')
      .on(table.changedAt)
      .where(sql`${table.activeGeneration} is null and ${table.uninstalledAt} is null`),
    index('installations_unreviewed').on(table.accountId).where(sql`${table.isUnreviewed}`),
    // For the operator's lists.
    index('installations_ended')
      .on(table.accountId)
      .where(sql`${table.suspendedUpTo} is not null or ${table.uninstalledAt} is not null`),
    index('installations_named').on(table.accountId).where(sql`${table.nameInLowerCase} is not null`),
    index('installations_paused').on(table.accountId).where(sql`${table.pausedAt} is not null`),
    index('installations_unsettled')
      .on(unsettledAt(table))
      .where(sql`${unsettledAt(table)} is not null`),
  ],
)

/** Since when an uninstall waits to be settled; long ago while data is being erased. */
export function unsettledAt(of: Record<'suspendedAt' | 'uninstallSignalledAt' | 'erasingSince', AnyColumn>): SQL {
  const erasing = sql`case when ${of.erasingSince} is not null then '-infinity'::timestamptz end`
  return sql`least(${of.suspendedAt}, ${of.uninstallSignalledAt}, ${erasing})`
}

/** In tables with work: it was due while its account was stopped. Nothing looks at it until a review of the account. */
export const awaitsAccount = () => boolean().notNull().default(false)

/** Why credentials with an unsigned row do not come into force. */
export const forgedCredentialsDetail =
  'The stored row of these credentials is not what Standin signed. The operator’s doctor names it.'

/** Why an account with an unsigned row is not served. */
export const forgedAccountDetail =
  'The stored state of this account is not what Standin signed. The operator’s doctor names it.'

/** What decides whether an account is served, and with which credentials. */
export type ServingState = Pick<typeof installations.$inferSelect, 'accountId' | 'activeGeneration'>

export const signedAccounts: SignedKind<ServingState> = {
  name: 'account',
  idOf: ({ accountId }) => accountId,
  signed: ({ accountId, activeGeneration }) => [accountId.toLowerCase(), activeGeneration],
  needsNone: ({ activeGeneration }) => activeGeneration === null,
}

/**
 * The sets of credentials of an account, by generation. Ages: those that were in force once are kept as
 * history; of the others an account keeps at most twenty that are neither proven nor bound, rejected ones are erased after
 * `ABANDONED_AFTER_DAYS`, and rows that ended unproven are deleted as long after that.
 */
export const credentials = pgTable(
  'credentials',
  {
    accountId: uuid().notNull(),
    generation: integer().notNull(),
    appId: text().notNull(),
    clientId: text().notNull(),
    /** JWE bound to account, app, column and generation; null once erased. */
    sealedSecret: text(),
    /** SHA-256 over account, client id and secret: recognises the same credentials. Null once erased. */
    contentDigest: text(),
    state: text().$type<CredentialState>().notNull(),
    reason: text().$type<ErrorReason>(),
    since: moment().notNull().defaultNow(),
    /** The newest time at which these credentials were sent, by the JWT; with `tieBreak` it gives the order. */
    issuedAt: moment().notNull(),
    tieBreak: text().notNull(),
    /** Whether an identity that brought them was bound to this account and this app. */
    bound: boolean().notNull(),
    /** How many callbacks their JWT had brought before, if they are not bound. Lower ones are proven first. */
    rank: integer().notNull().default(0),
    /** When an operator released them from quarantine: their client may serve another account as well. */
    releasedAt: moment(),
    receivedAt: moment().notNull().defaultNow(),
    attempts: integer().notNull().default(0),
    /** The replica that proves them now. If it dies, they are due at once. */
    claimedBy: integer(),
    /** Trackunit has not accepted them since the database was restored. They are not used until it does. */
    isUnconfirmed: boolean().notNull().default(false),
    /** When Trackunit last refused a token, or could not give one. */
    triedAt: moment(),
    /** Refusals that count as evidence: spread over time, and while other clients could sign in. */
    refusals: integer().notNull().default(0),
    refusedSince: moment(),
    nextAttemptAt: moment(),
    provenAt: moment(),
    grantedScopes: text().array(),
    /** Denied scopes that, according to Trackunit, the account's plan does not include. */
    missingFromPlan: text().array(),
    mac: text(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.generation] }),
    uniqueIndex('credentials_content').on(table.accountId, table.contentDigest),
    // Enforced here as well: an account has at most one set of credentials in force.
    uniqueIndex('credentials_in_force').on(table.accountId).where(sql`${table.state} in ('active', 'parked')`),
    index('credentials_due').on(table.rank, table.nextAttemptAt).where(sql`${table.nextAttemptAt} is not null`),
    index('credentials_claimed').on(table.claimedBy).where(sql`${table.claimedBy} is not null`),
    // Counted by state, and rejected ones age: all that are neither in force nor history.
    index('credentials_unsettled')
      .on(table.state, table.since)
      .where(sql`${table.state} in ('pending', 'parked', 'awaiting-approval', 'rejected', 'quarantined')`),
    // For the operator's lists, as are the next two.
    index('credentials_by_state').on(table.state, table.accountId),
    index('credentials_by_client').on(table.clientId.op('text_pattern_ops')), // Searched by their beginning.
    index('credentials_unconfirmed').on(table.accountId).where(sql`${table.isUnconfirmed}`),
    index('credentials_unproven').on(table.since).where(sql`${table.provenAt} is null`),
  ],
)

/** What decides whether credentials may come into force. Their secret is sealed for its row. */
export type SignedCredentials = Pick<
  typeof credentials.$inferSelect,
  'accountId' | 'generation' | 'clientId' | 'state' | 'bound' | 'issuedAt' | 'tieBreak' | 'releasedAt' | 'provenAt'
>

export const signedCredentials: SignedKind<SignedCredentials> = {
  name: 'credentials',
  idOf: ({ accountId, generation }) => `${accountId} ${generation}`,
  signed: ({ accountId, generation, clientId, state, bound, issuedAt, tieBreak, releasedAt, provenAt }) => [
    accountId.toLowerCase(),
    generation,
    clientId,
    state,
    String(bound),
    issuedAt.toISOString(),
    tieBreak,
    ...[releasedAt, provenAt].map((moment) => moment?.toISOString() ?? null),
  ],
}
