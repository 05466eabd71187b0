import type { CredentialState, ErrorReason } from '@standin/contracts'
import type { Context } from '../context.ts'
import type { Database } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { type CredentialRow, findAccount } from './account-store.ts'
import { forgedAccountDetail, signedAccounts } from './account-table.ts'
import { isInForce } from './credential-lifecycle.ts'
import { isSuspended } from './uninstall-lifecycle.ts'

/** Why an account without credentials in force is not served, by the state of its newest ones. */
const refusals: Record<CredentialState, ErrorReason> = {
  pending: 'CREDENTIALS_PENDING',
  active: 'OVERLOADED', // They are being replaced at this moment.
  parked: 'CREDENTIALS_REJECTED',
  rejected: 'CREDENTIALS_REJECTED',
  quarantined: 'CREDENTIALS_QUARANTINED',
  'awaiting-approval': 'CREDENTIALS_AWAITING_APPROVAL',
  superseded: 'CREDENTIALS_PENDING',
  uninstalled: 'INSTALLATION_UNINSTALLED',
}

/** Why an account that an uninstall or the operator has stopped is not served. */
export const reasonOfStop = { suspended: 'INSTALLATION_UNINSTALLED', paused: 'INSTALLATION_PAUSED' } as const

/**
 * The credentials that serve an account now, including parked ones.
 * @throws StandinError with the reason why there are none
 */
export async function findCredentialsInForce(
  { db, signedRows }: Pick<Context, 'db' | 'signedRows'>,
  accountId: string,
) {
  const account = await findAccount(db, accountId)
  const serving = account?.installation
  const row = account && currentCredentials(account.credentials)
  if (account && row && isSuspended(account.installation, row))
    throw new StandinError('INSTALLATION_UNINSTALLED', {
      detail:
        'The app was uninstalled, and access stopped. Until it is erased, an administrator or the operator can restore it.',
    })
  if (!row) throw new StandinError('INSTALLATION_NOT_FOUND')
  if (serving?.pausedAt && row.state !== 'uninstalled') throw new StandinError('INSTALLATION_PAUSED')
  if (!isInForce(row) || !row.sealedSecret) throw new StandinError(refusals[row.state], { retryAfterMs: 2_000 })
  if (row.isUnconfirmed)
    throw new StandinError(row.state === 'parked' ? refusals.parked : refusals.pending, { retryAfterMs: 2_000 })
  if (serving?.activeGeneration !== row.generation) throw new StandinError(refusals.active, { retryAfterMs: 2_000 })
  if (!signedRows.accept(signedAccounts, serving)) throw new StandinError('INTERNAL', { detail: forgedAccountDetail })
  const { generation, appId, clientId, sealedSecret, grantedScopes, missingFromPlan } = row
  return {
    accountId,
    /** The signature of the account's row. */
    mac: serving.mac ?? '',
    generation,
    appId,
    clientId,
    sealedSecret,
    parked: row.state === 'parked',
    grantedScopes: grantedScopes ?? [],
    missingFromPlan: missingFromPlan ?? [],
  }
}

/**
 * Whether an account's access works as far as is known, is refused by Trackunit, or is stopped for now by an uninstall or the
 * operator; undefined if it has none.
 */
export async function accessOf(
  db: Database,
  accountId: string,
): Promise<'works' | 'refused' | keyof typeof reasonOfStop | undefined> {
  const account = await findAccount(db, accountId)
  const current = account && currentCredentials(account.credentials)
  if (!account || !current) return undefined
  if (isSuspended(account.installation, current)) return 'suspended'
  if (account.installation.pausedAt && current.state !== 'uninstalled') return 'paused'
  if (current.isUnconfirmed) return 'refused'
  return isInForce(current) ? (current.state === 'active' ? 'works' : 'refused') : undefined
}

/** Why an uninstall or the operator has stopped an account for now; undefined if neither has. */
export async function stopOf({ db }: Pick<Context, 'db'>, accountId: string) {
  const access = await accessOf(db, accountId)
  return access === 'suspended' || access === 'paused' ? reasonOfStop[access] : undefined
}

/**
 * The credentials whose state is the account's: those in force, else the newest ones that are not superseded, else the
 * newest.
 * @param rows the newest generation first
 */
export function currentCredentials(rows: readonly CredentialRow[]): CredentialRow | undefined {
  return rows.find(isInForce) ?? rows.find(({ state }) => state !== 'superseded') ?? rows[0]
}
