import { type SQL, sql } from 'drizzle-orm'
import { type CredentialRow, lockCredentialsOf } from '../accounts/credential-store.ts'
import { credentials } from '../accounts/credential-table.ts'
import { installationEvents } from '../accounts/installation-event-table.ts'
import type { InstallationRow } from '../accounts/installation-store.ts'
import { lockInstallations } from '../accounts/installation-store.ts'
import { installations } from '../accounts/installation-table.ts'
import { auditEntries } from '../audit/audit-table.ts'
import { type AuditEntry, auditRow } from '../audit/record.ts'
import { arrayText } from '../database/array-types.ts'
import type { Transaction } from '../database/database.ts'
import type { Channel } from '../database/listen.ts'
import { insertionOf, updateOf } from '../database/many-rows.ts'
import type { AccountOfCallback } from './callback-kinds.ts'
import { callbacks } from './callback-table.ts'
import type { KnownCallback } from './decide-callbacks.ts'
import { mostCounted } from './identity-quota.ts'
import { type BelievedCallback, callbackDigest } from './verified-callback.ts'

/**
 * Locks the accounts of callbacks until the transaction ends, and reads all that is decided by.
 * @returns the accounts by their ids, which of them had no row before, and what is known of each callback, in their order
 */
export async function readTaking(
  tx: Transaction,
  believed: readonly BelievedCallback[],
  /** How long somebody else may have a row of theirs locked. */
  { patienceMs }: { patienceMs: number | undefined },
) {
  if (patienceMs !== undefined) await tx.execute(sql.raw(`set local lock_timeout = ${Math.ceil(patienceMs)}`))
  const ids = believed.map(({ callback }) => callback.body.accountId)
  const { rows, made } = await lockInstallations(tx, ids)
  const [locked, known] = await Promise.all([lockCredentialsOf(tx, ids), findKnown(tx, believed)])
  const ofAccount = Map.groupBy(locked, ({ accountId }) => accountId)
  const accounts = rows.map((installation): [string, AccountOfCallback] => [
    installation.accountId,
    { installation, credentials: ofAccount.get(installation.accountId) ?? [] },
  ])
  return { accounts: new Map(accounts), made, known }
}

/** What the database says of each callback, in their order. */
async function findKnown(tx: Transaction, believed: readonly BelievedCallback[]): Promise<KnownCallback[]> {
  const asked = believed.map(({ callback, identity, identityDigest }, no) => ({
    ...{ no, identityDigest, issuedAt: identity.issuedAt, contentDigest: callbackDigest(callback) },
    accountId: callback.body.accountId,
    clientId: callback.kind === 'INSTALLED' ? callback.body.clientId : null,
  }))
  // `limit` keeps each question one by itself, answered from an index however many rows the tables have.
  const found = await tx.execute<{ [Name in keyof Omit<KnownCallback, 'believed'>]: KnownCallback[Name] }>(sql`
    with asked as (
      select * from json_to_recordset(${JSON.stringify(asked)}::text::json) as asked(
        no int, "accountId" uuid, "contentDigest" text, "issuedAt" timestamptz, "identityDigest" text, "clientId" text)
    ), brought as (
      select "identityDigest", earlier.account_id as "accountId", count(*)::int as callbacks
      from (select distinct "identityDigest" from asked) as jwt, lateral (
        select account_id from ${callbacks} where identity_digest = jwt."identityDigest" limit ${mostCounted}
      ) as earlier group by 1, 2
    ), brought_in_all as (
      select "identityDigest", sum(callbacks)::int as callbacks from brought group by 1
    )
    select "contentDigest",
      (select true from ${callbacks} where content_digest = "contentDigest" and account_id = "accountId" limit 1)
        is not null as "takenBefore",
      (select true from ${callbacks} where content_digest = "contentDigest" and account_id = "accountId"
        and issued_at = "issuedAt" limit 1) is not null as "takenAtThatTime",
      (select true from ${credentials} where client_id = "clientId" and account_id <> "accountId"
        and proven_at is not null limit 1) is not null as "clientServesAnother",
      coalesce(brought_in_all.callbacks, 0) as "broughtInAll", coalesce(brought.callbacks, 0) as "broughtOfAccount"
    from asked left join brought_in_all using ("identityDigest") left join brought using ("identityDigest", "accountId")
    order by no`)
  return believed.flatMap((each, index) => {
    const row = found[index]
    return row ? [{ believed: each, ...row }] : []
  })
}

/** What callbacks that were taken together have changed. */
export interface Taking {
  installations: InstallationRow[]
  newCredentials: CredentialRow[]
  changedCredentials: CredentialRow[]
  ledger: Array<typeof callbacks.$inferInsert>
  said: AuditEntry[]
  /** Accounts that install: services are told. */
  installs: string[]
}

/** Writes all of it with one statement, and tells every replica when the transaction commits. */
export async function writeTaking(tx: Transaction, taking: Taking): Promise<void> {
  const events = taking.installs.map((accountId) => ({ accountId, type: 'installed' as const }))
  const writes = [
    updateOf(installations, taking.installations, {
      key: ['accountId'],
      set: ['lastGeneration', 'uninstallSignalledAt', 'changedAt'],
    }),
    insertionOf(credentials, taking.newCredentials),
    updateOf(credentials, taking.changedCredentials, {
      key: ['accountId', 'generation'],
      set: [
        ...(['state', 'reason', 'since', 'issuedAt', 'tieBreak', 'bound', 'ofMany', 'receivedAt'] as const),
        ...(['attempts', 'claimedBy', 'triedAt', 'nextAttemptAt'] as const),
      ],
    }),
    insertionOf(callbacks, taking.ledger),
    insertionOf(
      auditEntries,
      taking.said.map((entry) => auditRow(tx, entry)),
    ),
    insertionOf(installationEvents, events),
  ].filter((write) => write !== undefined)
  const parts = writes.map((write, index) => sql`${sql.identifier(`write_${index}`)} as (${write})`)
  if (parts.length > 0) await tx.execute(sql`with ${sql.join(parts, sql`, `)} ${notification(noticesOf(taking))}`)
}

type Notice = readonly [channel: Channel, payload: string]

function noticesOf({ installations, newCredentials, changedCredentials, installs }: Taking): Notice[] {
  const touched = [...newCredentials, ...changedCredentials]
  // An account that only has new credentials is served as before: those who ask what serves it need not look again.
  const withNew = new Set(newCredentials.map(({ accountId }) => accountId))
  const changed = installations.filter(({ accountId }) => !withNew.has(accountId))
  return [
    ...changed.map(({ accountId }): Notice => ['installation_changed', accountId]),
    ...touched.map(({ accountId }): Notice => ['credentials_changed', accountId]),
    ...(touched.some(({ nextAttemptAt }) => nextAttemptAt) ? [['credentials_pending', ''] as const] : []),
    ...(installs.length > 0 ? [['installation_event', ''] as const] : []),
  ]
}

function notification(notices: readonly Notice[]): SQL {
  const [channels, payloads] = [notices.map(([channel]) => channel), notices.map(([, payload]) => payload)]
  return sql`select pg_notify(channel, payload)
    from unnest(${arrayText(channels)}::text::text[], ${arrayText(payloads)}::text::text[]) as notice(channel, payload)`
}
