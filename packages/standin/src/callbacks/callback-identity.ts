import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { StandinError } from '../standin-error.ts'
import type { KeySet } from './key-set.ts'

export interface IdentityPolicy {
  appId: string
  /** Compared exactly where they are set. */
  issuer: string | undefined
  audience: string | undefined
  /** For a JWT without `exp`: how old its `iat` may be. */
  maxAgeMs: number
  /** The hosts of our own callback address; an `aud` that is an address elsewhere was made for somebody else. */
  ownHosts: readonly string[]
}

/** What a verified Trackunit-Identity says. */
export interface Identity {
  /** `iat`, else `nbf`, else `exp`: callbacks are ordered by it. */
  issuedAt: Date
  /** Beyond its `exp` or its age: good only for what is stored already. */
  expired: boolean
  claims: Record<string, unknown>
  /** For the ledger: the names alone. */
  claimNames: string[]
}

const skewMs = 60_000
const furthestExpiryMs = 24 * 3_600_000
const numericDate = z.number().min(0).max(253_402_300_799)
const claimsSchema = z.looseObject({
  iat: numericDate.optional(),
  nbf: numericDate.optional(),
  exp: numericDate.optional(),
  iss: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string()).max(20)]).optional(),
  sub: z.string().optional(),
})
type Claims = z.infer<typeof claimsSchema>

/**
 * Proves that Trackunit signed the identity of a callback, and reads its time.
 *
 * @throws StandinError `IDENTITY_INVALID`, or `KEYS_UNAVAILABLE` with when to try again: without keys nothing is refused for good
 */
export async function verifyIdentity(
  jwt: string,
  arrivedAtMs: number,
  { keys, clock, policy }: { keys: KeySet; clock: Clock; policy: IdentityPolicy },
): Promise<Identity> {
  const verification = await keys.verify(jwt, arrivedAtMs)
  if (verification.outcome === 'unavailable') {
    throw new StandinError('KEYS_UNAVAILABLE', { retryAfterMs: verification.retryAfterMs })
  }
  if (verification.outcome === 'invalid') throw new StandinError('IDENTITY_INVALID')

  const claims = readClaims(verification.payload)
  if (policy.issuer !== undefined && claims.iss !== policy.issuer) throw new StandinError('IDENTITY_MISMATCH')
  if (policy.audience !== undefined && !audiences(claims).includes(policy.audience))
    throw new StandinError('IDENTITY_MISMATCH')

  return {
    ...identityTimes(claims, clock.now(), policy.maxAgeMs),
    claims,
    claimNames: Object.keys(claims).slice(0, 50).sort(),
  }
}

/**
 * When the identity was made and whether it still counts. One with neither `exp` nor `iat` is refused, as is one from
 * the future and one that is good for more than a day.
 *
 * @throws StandinError `IDENTITY_INVALID`
 */
export function identityTimes(
  { iat, nbf, exp }: Pick<Claims, 'iat' | 'nbf' | 'exp'>,
  now: Date,
  maxAgeMs: number,
): Pick<Identity, 'issuedAt' | 'expired'> {
  const nowMs = now.getTime()
  const stamp = iat ?? nbf ?? exp
  if (stamp === undefined || (exp === undefined && iat === undefined)) throw new StandinError('IDENTITY_INVALID')
  const fromTheFuture = [iat, nbf].some((time) => time !== undefined && time * 1_000 > nowMs + skewMs)
  const goodForTooLong = exp !== undefined && exp * 1_000 > nowMs + furthestExpiryMs + skewMs
  if (fromTheFuture || goodForTooLong) throw new StandinError('IDENTITY_INVALID')

  const endsAtMs = exp !== undefined ? exp * 1_000 : (iat ?? 0) * 1_000 + maxAgeMs
  return { issuedAt: new Date(stamp * 1_000), expired: nowMs > endsAtMs + skewMs }
}

/**
 * Whether the identity is about this account of this app. Claims named `irisAppId` or `accountId` must be the body's;
 * an `aud` or `sub` in the form of an app id, an account id or a callback address must not be another's.
 *
 * @returns whether the identity names the account: then the callback is bound to it
 * @throws StandinError `IDENTITY_MISMATCH`
 */
export function bindIdentity(
  { claims }: Pick<Identity, 'claims'>,
  body: { irisAppId: string; accountId: string },
  { ownHosts }: Pick<IdentityPolicy, 'ownHosts'>,
): boolean {
  const { irisAppId, accountId, sub } = claims
  const said = [...audiences(claims as Claims), ...(typeof sub === 'string' ? [sub] : [])]
  const otherApp = said.some((text) => isAppId(text) && text !== body.irisAppId)
  const otherAccount = said.some((text) => isAccountId(text) && text.toLowerCase() !== body.accountId)
  const otherAddress = said.some((text) => isForeignAddress(text, ownHosts))
  const wrongApp = irisAppId !== undefined && irisAppId !== body.irisAppId
  const wrongAccount =
    accountId !== undefined && !(typeof accountId === 'string' && accountId.toLowerCase() === body.accountId)
  if (otherApp || otherAccount || otherAddress || wrongApp || wrongAccount) throw new StandinError('IDENTITY_MISMATCH')

  return accountId !== undefined || said.some(isAccountId)
}

const isAppId = (text: string) => /^@[\w.-]+\/[\w.-]+$/.test(text)
const isAccountId = (text: string) => z.guid().safeParse(text).success
/** Trackunit's own addresses name no receiver, so they are nobody's callback address. */
function isForeignAddress(text: string, ownHosts: readonly string[]): boolean {
  // Parsed, not matched: `HTTPS://…` is an address as well.
  const { protocol, host } = URL.parse(text) ?? {}
  if (!host || !/^https?:$/.test(protocol ?? '') || ownHosts.length === 0) return false
  return !ownHosts.includes(host) && !/(^|\.)trackunit\.com$/.test(host)
}

const audiences = ({ aud }: Pick<Claims, 'aud'>): string[] => (aud === undefined ? [] : [aud].flat())

function readClaims(payload: Uint8Array): Claims {
  try {
    return claimsSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)))
  } catch {
    throw new StandinError('IDENTITY_INVALID')
  }
}
