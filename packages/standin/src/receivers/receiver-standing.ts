import { domainOfAddress, isInDomains, type Receiver } from '@standin/contracts'

/** Whether results may be emailed to an address of an account: to a trusted or confirmed one only. */
export type Standing = 'trusted' | 'confirmed' | 'unconfirmed' | 'withdrawn'

export const mayReceive = (standing: Standing | undefined): boolean =>
  standing === 'trusted' || standing === 'confirmed'

/**
 * Pure. Denies by default. A receiver who withdrew gets nothing, whatever the account trusts.
 * @param address as `receiverAddress` returns it
 */
export function standingOf(
  address: string,
  { state, domains }: { state: Receiver['state'] | undefined; domains: readonly string[] },
): Standing {
  if (state === 'withdrawn' || state === 'confirmed') return state
  return isInDomains(domainOfAddress(address), domains) ? 'trusted' : 'unconfirmed'
}
