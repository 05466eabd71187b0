import type { CredentialState } from '@standin/contracts'
import type { ReceivedCredentials } from './callback-decision.ts'

/**
 * How many credentials that are neither proven nor bound an account keeps. Anyone with JWTs of another app can send any
 * number: each is a row that every look at the account reads, and an exchange.
 */
export const mostUnprovenOfAccount = 20

/**
 * The sooner, the less is lost. Among equal ones: what a JWT brought after many others, what was tried, what is oldest. A
 * genuine one that Trackunit has not switched on yet was tried, and is its JWT's first.
 */
const givingWay: readonly CredentialState[] = ['uninstalled', 'superseded', 'rejected', 'quarantined', 'pending']

/**
 * Pure: the credentials that an account keeps; beyond the limit the oldest give way.
 * @param credentials the newest generation first
 */
export function giveWay(credentials: readonly ReceivedCredentials[]): readonly ReceivedCredentials[] {
  const [newest, ...others] = credentials.filter(({ bound, provenAt }) => !bound && provenAt === null)
  const excess = others.length + 1 - mostUnprovenOfAccount
  if (!newest || excess <= 0) return credentials
  const gone = new Set(others.toSorted(byLoss).slice(0, excess))
  return credentials.filter((row) => !gone.has(row))
}

const byLoss = (left: ReceivedCredentials, right: ReceivedCredentials) =>
  givingWay.indexOf(left.state) - givingWay.indexOf(right.state) ||
  right.rank - left.rank ||
  Number(left.triedAt === null) - Number(right.triedAt === null) ||
  left.generation - right.generation
