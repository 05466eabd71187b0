import { isInDomains, type Receivers } from '@standin/client'
import { destinationsOf, type ReceiverValues } from './receivers.ts'

export interface Withheld {
  /** Addresses that are neither confirmed nor trusted. */
  unconfirmed: string[]
  /** Addresses whose owners want no emails. */
  withdrawn: string[]
  /** Hosts that the account does not trust. */
  hosts: string[]
}

/** Typed receivers to which the server would refuse to send results; this only reports it earlier. */
export function withheld(values: ReceiverValues, { own, domains, everywhere, addresses }: Receivers): Withheld {
  const trusted = (kind: 'email' | 'webhook') => [
    ...everywhere,
    ...domains.flatMap((each) => (each.kind === kind ? each.domain : [])),
  ]
  const found: Withheld = { unconfirmed: [], withdrawn: [], hosts: [] }
  for (const to of destinationsOf(values)) {
    if (to.kind === 'webhook') {
      const host = URL.parse(to.url)?.hostname
      if (host && !isInDomains(host, trusted('webhook'))) found.hosts.push(host)
      continue
    }
    const address = to.address.toLowerCase()
    if (address === own?.toLowerCase()) continue
    const state = addresses.find((each) => each.address === address)?.state
    if (state === 'withdrawn') found.withdrawn.push(address)
    else if (state !== 'confirmed' && !isInDomains(address.replace(/^.*@/, ''), trusted('email')))
      found.unconfirmed.push(address)
  }
  return { ...found, hosts: [...new Set(found.hosts)] }
}
