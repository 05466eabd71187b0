import type { Destination } from '@standin/contracts'
import type { Config } from '../config/config.ts'
import { StandinError } from '../standin-error.ts'
import { addressInHost, isPublicAddress } from './public-address.ts'

/** The first sentence is for the person who asked for the email, the second for their operator. */
const noEmail =
  'This server sends no email yet: choose another destination, or none. Its operator can turn email on with SMTP_URL and MAIL_FROM.'

/** @throws StandinError `INPUT_INVALID`, with the reason, for a destination that this server does not deliver to */
export function checkDestinations(
  { config }: { config: Pick<Config, 'delivery'> },
  deliverTo: readonly Destination[],
): void {
  for (const destination of deliverTo) {
    if (destination.kind === 'webhook') checkWebAddress(destination.url)
    else if (!config.delivery.smtp) throw refused(noEmail)
  }
}

/** Checks the address as written; its name is looked up at each attempt. */
function checkWebAddress(url: string): void {
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
}

const refused = (detail: string) => new StandinError('INPUT_INVALID', { detail })
