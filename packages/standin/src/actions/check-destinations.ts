import { isDeepStrictEqual } from 'node:util'
import { type Destination, isInDomains } from '@standin/contracts'
import type { Caller } from '../access/caller.ts'
import type { Context } from '../context.ts'
import { mayReceive } from '../receivers/receiver-standing.ts'
import { confirmOwn, domainsOf, isOwn, standingsOf } from '../receivers/who-may-receive.ts'
import { StandinError } from '../standin-error.ts'
import { addressInHost, isPublicAddress } from './public-address.ts'

/** The first sentence is for users, the second for the operator. */
export const noEmail =
  'This server sends no email yet: choose another destination, or none. Its operator can turn email on with SMTP_URL and MAIL_FROM.'

/**
 * Checks where a result may be sent: to the address in the caller's token, to an address that its owner confirmed, or to a
 * domain that the account trusts. Otherwise any user could send mail to anyone in the maker's name, and the account's data
 * anywhere. Destinations that a schedule already has were checked when they were added. All are checked again before each
 * send.
 * @throws StandinError `INPUT_INVALID`, with the reason, for a destination that this server cannot deliver to;
 *   `DESTINATION_UNCONFIRMED` for any other
 */
export async function checkDestinations(
  ctx: Context,
  deliverTo: readonly Destination[],
  { caller, accountId, before = [] }: { caller: Caller; accountId: string; before?: readonly Destination[] },
): Promise<void> {
  for (const destination of deliverTo) checkForm(destination, { sendsEmail: ctx.config.delivery.smtp !== undefined })
  const added = deliverTo.filter((each) => !before.some((known) => isDeepStrictEqual(known, each)))
  if (added.length === 0) return

  const hosts = added.flatMap((to) => (to.kind === 'webhook' ? new URL(to.url).hostname : []))
  const { webhook } = await domainsOf(ctx, accountId)
  for (const host of hosts) if (!isInDomains(host, webhook)) throw unconfirmed(`The host ${host} is not on the list.`)

  const addresses = added.flatMap((to) => (to.kind === 'email' ? to.address : []))
  const others = addresses.filter((address) => !isOwn(caller, address))
  const standings = await standingsOf(ctx, accountId, others)
  const refused = others.find((_, nth) => !mayReceive(standings[nth]))
  if (refused !== undefined) throw unconfirmed(`${refused} is neither.`)
  if (others.length < addresses.length) await confirmOwn(ctx, caller, accountId)
}

/**
 * Checks the form of a destination. A host's name is looked up at each attempt.
 * @throws StandinError `INPUT_INVALID`, with the reason
 */
export function checkForm(destination: Destination, { sendsEmail }: { sendsEmail: boolean }): void {
  if (destination.kind === 'webhook') checkWebAddress(destination.url)
  else if (!sendsEmail) throw invalid(noEmail)
}

function checkWebAddress(url: string): void {
  const { protocol, hostname, username, password, hash } = new URL(url)
  if (protocol !== 'https:') throw invalid('A webhook address must begin with https://.')
  if (username || password || hash)
    throw invalid('A webhook address must not contain a user, a password or a #fragment.')
  const address = addressInHost(hostname)
  if (
    address === undefined
      ? !/\.[a-z]/i.test(hostname) || /\.(localhost|local|internal)\.?$/i.test(hostname)
      : !isPublicAddress(address)
  )
    throw invalid('A webhook address must be on the internet, not in a private network.')
}

const invalid = (detail: string) => new StandinError('INPUT_INVALID', { detail })
const unconfirmed = (detail: string) => new StandinError('DESTINATION_UNCONFIRMED', { detail })
