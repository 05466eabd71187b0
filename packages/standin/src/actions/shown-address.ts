import type { Destination } from '@standin/contracts'

/** An email address, or the host of a web address: the path of a webhook is often its secret. */
export const shownAddress = (destination: Destination): string =>
  destination.kind === 'email' ? destination.address : new URL(destination.url).host
