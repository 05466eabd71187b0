import type { TrackunitCallback } from '@standin/contracts'
import { StandinError } from '../standin-error.ts'

/** A whole fleet of pre-installed accounts may come under one JWT; what carries nothing to prove may not. */
const mostByIdentity: Record<TrackunitCallback['kind'], number> = { INSTALLED: 5_000, UNINSTALLED: 5_000, unknown: 20 }
/** What one JWT brought is counted up to this. */
export const mostCounted = Math.max(...Object.values(mostByIdentity))
/** No account sends more different callbacks than this under one JWT. */
const mostOfAccount = 20
/** Of all accounts together: each costs Trackunit exchanges until it is proven or rejected. */
export const mostUnproven = 20_000

/** What a JWT brought before: different callbacks, of all accounts and of the callback's own. */
export interface Brought {
  inAll: number
  ofAccount: number
}

interface Bringing {
  kind: TrackunitCallback['kind']
  bound: boolean
}

/**
 * What one JWT may bring: whoever holds a genuine one can wrap any number of bodies in it, each a row and an exchange.
 * @param unproven how many first installs that nothing binds wait for their proof
 * @returns `RATE_LIMITED` or `OVERLOADED`, with when to come again, or undefined where it may
 */
export function refusalByBounds(
  { kind, bound }: Bringing,
  { brought, unproven }: { brought: Brought; unproven: number },
): StandinError | undefined {
  if (brought.ofAccount >= mostOfAccount || brought.inAll >= mostByIdentity[kind])
    return new StandinError('RATE_LIMITED', {
      retryAfterMs: 3_600_000,
      detail: 'One Trackunit-Identity brought more different callbacks than one may. It is kept for the operator.',
    })
  if (isAmongMany({ kind, bound }, brought) && unproven >= mostUnproven)
    return new StandinError('OVERLOADED', { retryAfterMs: 60_000 })
  return undefined
}

/** Credentials of a JWT that brought little are let in also when others have filled the room, and take turns before them. */
export const isAmongMany = ({ kind, bound }: Bringing, { inAll }: Pick<Brought, 'inAll'>): boolean =>
  kind === 'INSTALLED' && !bound && inAll >= mostOfAccount
