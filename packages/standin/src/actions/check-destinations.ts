import { isDeepStrictEqual } from 'node:util'
import type { Destination } from '@standin/contracts'
import type { Caller } from '../access/caller.ts'
import type { Config } from '../config/config.ts'
import { StandinError } from '../standin-error.ts'
import { addressInHost, isPublicAddress } from './public-address.ts'

/** The first sentence is for the person who asked for the email, the second for their operator. */
const noEmail =
  'This server sends no email yet: choose another destination, or none. Its operator can turn email on with SMTP_URL and MAIL_FROM.'

/**
 * Checks where a result may go. An email goes to the caller's own address, as their token names it, or to a domain of
 * `DELIVERY_DOMAINS`: otherwise any user could send mail to anyone in the maker's name. What is in the schedule already was
 * checked when it was added.
 * @throws StandinError `INPUT_INVALID`, with the reason, for a destination that this server does not deliver to
 */
export function checkDestinations(
  { config: { delivery } }: { config: Pick<Config, 'delivery'> },
  deliverTo: readonly Destination[],
  { caller, before = [] }: { caller: Caller; before?: readonly Destination[] },
): void {
  for (const destination of deliverTo) {
    if (destination.kind === 'email' && !delivery.smtp) throw refused(noEmail)
    if (before.some((known) => isDeepStrictEqual(known, destination))) continue
    if (destination.kind === 'webhook') checkWebAddress(destination.url, delivery.webhookDomains)
    else checkEmailAddress(destination.address, caller, delivery.emailDomains)
  }
}

function checkEmailAddress(address: string, caller: Caller, domains: readonly string[]): void {
  const own = caller.kind === 'user' ? caller.email : undefined
  if (own?.toLowerCase() === address.toLowerCase()) return
  if (isInDomains(address.slice(address.lastIndexOf('@') + 1), domains)) return
  throw refused(
    own === undefined
      ? 'This server may not send email to this domain. Its operator can allow it with DELIVERY_DOMAINS.'
      : 'Email can go to your own address, and to domains that the operator allowed with DELIVERY_DOMAINS. This is neither.',
  )
}

/** A domain allows its subdomains. */
function isInDomains(host: string, domains: readonly string[]): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  return domains.some((domain) => domain === 'any' || name === domain || name.endsWith(`.${domain}`))
}

/** Checks the address as written; its name is looked up at each attempt. */
function checkWebAddress(url: string, domains: readonly string[]): void {
  const { protocol, hostname, username, password, hash } = new URL(url)
  if (protocol !== 'https:') throw refused('A webhook address must begin with https://.')
  if (username || password || hash)
    throw refused('A webhook address must not contain a user, a password or a #fragment.')
  const address = addressInHost(hostname)
  if (
    address === undefined
      ? !/\.[a-z]/i.test(hostname) || /\.(localhost|local|internal)\.?$/i.test(hostname)
      : !isPublicAddress(address)
  )
    throw refused('A webhook address must be on the internet, not in a private network.')
  if (!isInDomains(hostname, domains))
    throw refused('This server may not send to this domain. Its operator can allow it with DELIVERY_DOMAINS.')
}

const refused = (detail: string) => new StandinError('INPUT_INVALID', { detail })
