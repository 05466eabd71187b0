import type { Destination } from '@standin/contracts'
import { StandinError } from '../standin-error.ts'
import { addressInHost, isPublicAddress } from './public-address.ts'

/** The first half is for whoever asked for the email, the second for whom they turn to. */
const noEmail =
  'This server sends no email yet: choose another way, or none. Whoever runs it turns email on with SMTP_URL and MAIL_FROM.'

/** @returns a check that throws `INPUT_INVALID`, in words, for a place to which this server does not deliver */
export function createCheckDestinations({ sendsEmail }: { sendsEmail: boolean }) {
  return (deliverTo: readonly Destination[]): void => {
    for (const destination of deliverTo) {
      if (destination.kind === 'webhook') checkWebAddress(destination.url)
      else if (!sendsEmail) throw refused(noEmail)
    }
  }
}

/** What can be told before the name is looked up; that is done again at each try. */
function checkWebAddress(url: string): void {
  const { protocol, hostname, username, password, hash } = new URL(url)
  if (protocol !== 'https:') throw refused('A web address to deliver to begins with https://.')
  if (username || password || hash) throw refused('A web address to deliver to has no user, password or #fragment.')
  const address = addressInHost(hostname)
  if (
    address === undefined
      ? !/\.[a-z]/i.test(hostname) || /\.(localhost|local|internal)\.?$/i.test(hostname)
      : !isPublicAddress(address)
  )
    throw refused('A web address to deliver to is one of the internet, not of a private network.')
}

const refused = (detail: string) => new StandinError('INPUT_INVALID', { detail })
