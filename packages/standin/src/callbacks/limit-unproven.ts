import type { CredentialState } from '@standin/contracts'
import type { ReceivedCredentials } from './callback-decision.ts'

/**
 * How many credentials that are neither proven nor bound an account keeps. Anyone with JWTs of another app can send any
 * number: each is a row that every look at the account reads, and an exchange.
 */
export const mostUnprovenOfAccount = 20

/**
 * The order in which credentials are dropped, the least useful state first. Within a state: those that their JWT brought
 * after many others, then those that were tried, then the oldest. Genuine ones that Trackunit has not switched on yet were
 * tried, but are the first of their JWT.
 */
const dropOrder: readonly CredentialState[] = ['uninstalled', 'superseded', 'rejected', 'quarantined', 'pending']

/**
 * Pure: the credentials that an account keeps. The newest always stay.
 * @param credentials the newest generation first
 */
export function limitUnproven(credentials: readonly ReceivedCredentials[]): readonly ReceivedCredentials[] {
  const [newest, ...others] = credentials.filter(({ bound, provenAt }) => !bound && provenAt === null)
  const excess = others.length + 1 - mostUnprovenOfAccount
  if (!newest || excess <= 0) return credentials
  const dropped = new Set(others.toSorted(byUse).slice(0, excess))
  return credentials.filter((row) => !dropped.has(row))
}

const byUse = (left: ReceivedCredentials, right: ReceivedCredentials) =>
  dropOrder.indexOf(left.state) - dropOrder.indexOf(right.state) ||
  right.rank - left.rank ||
  Number(left.triedAt === null) - Number(right.triedAt === null) ||
  left.generation - right.generation
