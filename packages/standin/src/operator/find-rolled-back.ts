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
interface Word {
  at: Date
  allows: (row: Rows) => boolean
  /** A key's end only comes nearer, and a revoked one stays revoked. Other words count until the next. */
  holdsForever: boolean
}
type Rows = Partial<ServiceKeyRow & GrantRow & ServingState>

/** Clocks may differ by this: entries that are as close may have happened in any order. */
const skewMs = 60_000

/**
 * Finds keys, grants and accounts that were put back to an earlier state, which has a valid signature: the newest audit
 * entry about each says otherwise. A row whose entries were dropped as old is not judged.
 */
export async function findRolledBack(
  ctx: Pick<Context, 'db'> & { audit: Pick<Context['audit'], 'macs'> },
): Promise<RolledBackRow[]> {
  return inSnapshot(ctx.db, async (db) => {
    const words = new Map<string, Word[]>()
    for (let afterId = 0; ; ) {
      const page = await listEntriesOf(db, Object.keys(readers), afterId)
      if (page.length === 0) break
      for (const entry of page) {
        afterId = entry.id
        if (!ctx.audit.macs.isOfEntry(signedPart(entry), { kid: entry.kid ?? '', mac: entry.entryMac ?? '' })) continue
        const { at, accountId, generation } = entry
        const said = readers[entry.event]?.({ ...entry.details, accountId, generation }) ?? []
        for (const [row, allows] of said) {
          const holdsForever = row.startsWith(keyName())
          words.set(row, [...(words.get(row) ?? []), { at, allows, holdsForever }])
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
      const at = contradictionOf(words.get(name) ?? [], row)
      return at ? [{ type: 'rolled-back' as const, row: name, at }] : []
    })
  })
}

function contradictionOf(words: readonly Word[], row: Rows): Date | undefined {
  const broken = words.find(({ holdsForever, allows }) => holdsForever && !allows(row))
  if (broken) return broken.at
  const replaced = words.filter(({ holdsForever }) => !holdsForever)
  const newestMs = Math.max(...replaced.map(({ at }) => at.getTime()))
  const last = replaced.filter(({ at }) => at.getTime() >= newestMs - skewMs)
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
type Said = Array<readonly [row: string, allows: Word['allows']]>

const keyName = (id = '') => `service key ${id}`
const grantName = (service = '', account = '') => `grant ${service} ${account}`
const accountName = (accountId: string | null) => `account ${accountId}`
const pauseName = (accountId: string | null) => `pause of account ${accountId}`

const endsBy =
  (latest = ''): Word['allows'] =>
  ({ expiresAt }) =>
    !!expiresAt && expiresAt <= new Date(latest)
const hasScopes =
  (scopes: string[] = []): Word['allows'] =>
  (row) =>
    JSON.stringify(row.scopes) === JSON.stringify(scopes)
const inForce = ({ accountId, generation }: Details): Said => [
  [accountName(accountId), (row) => row.activeGeneration === generation],
]
const served =
  (may: boolean) =>
  ({ accountId }: Details): Said => [[accountName(accountId), () => may]]
/** No other event ends a pause. */
const isPaused =
  (is: boolean) =>
  ({ accountId }: Details): Said => [[pauseName(accountId), () => !is]]

/** Events, by what they mean for rows. */
const readers: Record<string, (details: Details) => Said> = {
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
  'installation.paused': isPaused(true),
  'installation.resumed': isPaused(false),
}
