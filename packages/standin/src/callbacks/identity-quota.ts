import type { TrackunitCallback } from '@standin/contracts'
import { isBulkInstall } from '../accounts/due-credential-store.ts'
import { StandinError } from '../standin-error.ts'
import type { KnownCallback } from './callback-decision.ts'

/** A signed batch may install a whole fleet of accounts; callbacks without credentials to prove get less. */
const perIdentity: Record<TrackunitCallback['kind'], number> = { INSTALLED: 5_000, UNINSTALLED: 5_000, unknown: 20 }
/** The callbacks of one JWT are counted up to this. */
export const mostCounted = Math.max(...Object.values(perIdentity))
/** Different callbacks of one account under one JWT. */
const perIdentityAndAccount = 20
/** Unbound first installs that may wait for their proof, over all accounts: each costs exchanges. */
export const mostUnproven = 20_000

/**
 * The quota of one JWT: a sender with one genuine JWT could send any number of bodies under it, each a row and an exchange.
 * @param unproven unbound first installs that wait for their proof
 * @returns `RATE_LIMITED` or `OVERLOADED`, with when to retry; undefined within the quota
 */
export function refusalByQuota(known: KnownCallback, unproven: number): StandinError | undefined {
  const { verified, identityTotal, identityOfAccount } = known
  if (identityOfAccount >= perIdentityAndAccount || identityTotal >= perIdentity[verified.callback.kind])
    return new StandinError('RATE_LIMITED', {
      retryAfterMs: 3_600_000,
      detail: 'Too many different callbacks under one Trackunit-Identity. This one is held for the operator.',
    })
  if (isBulk(known) && unproven >= mostUnproven) return new StandinError('OVERLOADED', { retryAfterMs: 60_000 })
  return undefined
}

/** Only bulk installs are refused when too many wait for their proof, and they are proven after the others. */
export const isBulk = (known: Pick<KnownCallback, 'verified' | 'identityTotal'>): boolean =>
  isBulkInstall({ rank: rankOf(known) })

/** How many callbacks their JWT brought before these credentials; 0 for bound ones, which always come first. */
export const rankOf = ({ verified, identityTotal }: Pick<KnownCallback, 'verified' | 'identityTotal'>): number =>
  verified.callback.kind === 'INSTALLED' && !verified.bound ? identityTotal : 0
