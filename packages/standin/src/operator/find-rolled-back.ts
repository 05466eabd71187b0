import { type GrantRow, listGrants, listServiceKeys, type ServiceKeyRow } from '../access/access-store.ts'
import { listServing } from '../accounts/account-store.ts'
import type { ServingState } from '../accounts/account-table.ts'
import { listEntriesOf, signedPart } from '../audit/chain-store.ts'
import type { Context } from '../context.ts'
import { inSnapshot } from '../database/database.ts'

/** A row that Standin signed earlier, but that contradicts the latest audit entry about it. */
export interface RolledBackRow {
  type: 'rolled-back'
  row: string
  /** Of the audit entry that it contradicts. */
  at: Date
}

/** What a row must look like after an audit entry. */
interface Expectation {
  at: Date
  allows: (row: Rows) => boolean
  /** For keys, whose expiry only moves earlier, and which stay revoked. Others hold until the next entry about the row. */
  holdsForever: boolean
}
type Rows = Partial<ServiceKeyRow & GrantRow & ServingState>

/** How far clocks may differ: entries this close together may have happened in any order. */
const skewMs = 60_000

/**
 * Finds keys, grants and accounts that were put back to an earlier state, which has a valid signature, by comparing each with
 * the newest audit entry about it. Rows whose entries were dropped as old are not checked.
 */
export async function findRolledBack(
  ctx: Pick<Context, 'db'> & { audit: Pick<Context['audit'], 'macs'> },
): Promise<RolledBackRow[]> {
  return inSnapshot(ctx.db, async (db) => {
    const expectations = new Map<string, Expectation[]>()
    for (let afterId = 0; ; ) {
      const page = await listEntriesOf(db, Object.keys(effects), afterId)
      if (page.length === 0) break
      for (const entry of page) {
        afterId = entry.id
        if (!ctx.audit.macs.isOfEntry(signedPart(entry), { kid: entry.kid ?? '', mac: entry.entryMac ?? '' })) continue
        const { at, accountId, generation } = entry
        for (const [row, allows] of effects[entry.event]?.({ ...entry.details, accountId, generation }) ?? []) {
          const holdsForever = row.startsWith(keyName())
          expectations.set(row, [...(expectations.get(row) ?? []), { at, allows, holdsForever }])
        }
      }
    }
    const rows: Array<readonly [string, Rows]> = [
      ...(await listServiceKeys(db, undefined)).map((row) => [keyName(row.id), row] as const),
      ...(await listGrants(db, {})).map((row) => [grantName(row.service, row.accountId), row] as const),
      ...(await listServing(db)).flatMap((row) => [
        [accountName(row.accountId), row] as const,
        [pauseName(row.accountId), row] as const,
      ]),
    ]
    return rows.flatMap(([name, row]) => {
      const at = contradictionOf(expectations.get(name) ?? [], row)
      return at ? [{ type: 'rolled-back' as const, row: name, at }] : []
    })
  })
}

function contradictionOf(expectations: readonly Expectation[], row: Rows): Date | undefined {
  const broken = expectations.find(({ holdsForever, allows }) => holdsForever && !allows(row))
  if (broken) return broken.at
  const passing = expectations.filter(({ holdsForever }) => !holdsForever)
  const newestMs = Math.max(...passing.map(({ at }) => at.getTime()))
  const last = passing.filter(({ at }) => at.getTime() >= newestMs - skewMs)
  return last.some(({ allows }) => allows(row)) ? undefined : last.at(-1)?.at
}

interface Details {
  accountId: string | null
  generation: number | null
  key?: string
  replaces?: string
  service?: string
  account?: string
  scopes?: string[]
  expiresAt?: string
  oldExpiresAt?: string
}
type Effect = Array<readonly [row: string, allows: Expectation['allows']]>

const keyName = (id = '') => `service key ${id}`
const grantName = (service = '', account = '') => `grant ${service} ${account}`
const accountName = (accountId: string | null) => `account ${accountId}`
const pauseName = (accountId: string | null) => `pause of account ${accountId}`

const endsBy =
  (latest = ''): Expectation['allows'] =>
  ({ expiresAt }) =>
    !!expiresAt && expiresAt <= new Date(latest)
const hasScopes =
  (scopes: string[] = []): Expectation['allows'] =>
  (row) =>
    JSON.stringify(row.scopes) === JSON.stringify(scopes)
const inForce = ({ accountId, generation }: Details): Effect => [
  [accountName(accountId), (row) => row.activeGeneration === generation],
]
/** A row that serves the account may, or may not, exist. */
const served =
  (isServed: boolean) =>
  ({ accountId }: Details): Effect => [[accountName(accountId), () => isServed]]
/** A paused account is not served. Only `installation.resumed` ends a pause. */
const paused =
  (isPaused: boolean) =>
  ({ accountId }: Details): Effect => [[pauseName(accountId), () => !isPaused]]

/** What each event means for rows. */
const effects: Record<string, (details: Details) => Effect> = {
  'service-key.created': ({ key, service, account, scopes, expiresAt }) => [
    [keyName(key), endsBy(expiresAt)],
    [grantName(service, account), hasScopes(scopes)],
  ],
  'service-key.rotated': ({ key, replaces, expiresAt, oldExpiresAt }) => [
    [keyName(key), endsBy(expiresAt)],
    [keyName(replaces), endsBy(oldExpiresAt)],
  ],
  'service-key.revoked': ({ key }) => [[keyName(key), ({ revokedAt }) => !!revokedAt]],
  'grant.set': ({ service, account, scopes }) => [[grantName(service, account), hasScopes(scopes)]],
  'grant.removed': ({ service, account }) => [[grantName(service, account), () => false]],
  'credentials.proven': inForce,
  'credentials.approved': inForce,
  'credentials.took-over': inForce,
  'installation.uninstalled': served(false),
  'installation.suspended': served(false),
  'installation.restored': served(true),
  'installation.paused': paused(true),
  'installation.resumed': paused(false),
}
