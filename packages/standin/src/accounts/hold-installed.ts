import type { InTransaction } from '../context.ts'
import { StandinError } from '../standin-error.ts'
import { accessOf } from './credentials-in-force.ts'
import { shareInstallation } from './stopped-account-store.ts'

/**
 * Keeps an account from being uninstalled until the transaction ends, so that what is stored now is erased with the rest.
 * @returns whether it has the app, even if it is suspended
 */
export async function holdInstalled(tx: InTransaction, accountId: string): Promise<boolean> {
  await shareInstallation(tx.db, accountId)
  return (await accessOf(tx.db, accountId)) !== undefined
}

/** @throws StandinError `INSTALLATION_NOT_FOUND` if it does not have the app */
export async function requireInstalled(tx: InTransaction, accountId: string): Promise<void> {
  if (!(await holdInstalled(tx, accountId))) throw new StandinError('INSTALLATION_NOT_FOUND')
}
