import { createHash } from 'node:crypto'
import { z } from 'zod'
import { storableText } from '../database/storable-text.ts'
import { StandinError } from '../standin-error.ts'
import { numericDate, readClaims } from '../trackunit/read-claims.ts'

/** The settings of `config.callback` that identities are judged by. */
export interface IdentityPolicy {
  /** If set, must match exactly. */
  issuer: string | undefined
  audience: string | undefined
  /** For a JWT without `exp`: how old its `iat` may be. */
  maxAgeMs: number
  /** The hosts of this server's callback address. An `aud` with another host was made for another receiver. */
  ownHosts: readonly string[]
}

/** The content of a verified Trackunit-Identity. */
export interface Identity {
  /** `iat`, else `nbf`, else `exp`: orders callbacks. */
  issuedAt: Date
  /** Past its `exp` or its age: only a redelivery may come under it. */
  expired: boolean
  claims: Record<string, unknown>
  /** For the ledger and `identity observed`: the names of the claims, without their values. */
  claimNames: string[]
  algorithm: string
  issuer: string | null
  audiences: string[]
}

/** Recognises a JWT by its signed part: the same signature can be written in several ways. */
export function identityDigest(jwt: string): string {
  return createHash('sha256')
    .update(jwt.slice(0, jwt.lastIndexOf('.')))
    .digest('base64url')
}

const skewMs = 60_000
const furthestExpiryMs = 24 * 3_600_000
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
 * Reads a verified identity, as of the moment of its arrival.
 * @throws StandinError `IDENTITY_INVALID`; `IDENTITY_MISMATCH` if it has another issuer or audience than the settings
 */
export function readIdentity(
  { payload, algorithm }: { payload: Uint8Array; algorithm: string },
  receivedAt: Date,
  policy: Pick<IdentityPolicy, 'issuer' | 'audience' | 'maxAgeMs'>,
): Identity {
  const claims = readClaims(payload, claimsSchema)
  if (!claims) throw new StandinError('IDENTITY_INVALID')
  if (policy.issuer !== undefined && claims.iss !== policy.issuer) throw new StandinError('IDENTITY_MISMATCH')
  if (policy.audience !== undefined && !audiences(claims).includes(policy.audience))
    throw new StandinError('IDENTITY_MISMATCH')

  return {
    ...identityTimes(claims, receivedAt, policy.maxAgeMs),
    ...describeIdentity(claims, algorithm),
    claims,
  }
}

const longest = 200

/** The part that may be stored and shown. */
function describeIdentity(claims: Claims, algorithm: string) {
  const cut = (text: string) => storableText(text, longest)
  return {
    claimNames: Object.keys(claims).slice(0, 50).map(cut).sort(),
    algorithm,
    issuer: claims.iss === undefined ? null : cut(claims.iss),
    audiences: audiences(claims).slice(0, 5).map(cut),
  }
}

/** Reads an identity that broke a rule and was released. Without a time of its own it has the time of its arrival. */
export function readReleasedIdentity(
  { payload, algorithm }: { payload: Uint8Array; algorithm: string },
  receivedAt: Date,
): Identity {
  const claims: Claims = readClaims(payload, claimsSchema) ?? {} // Unreadable ones do not matter: the operator vouches for it.
  const stamp = claims.iat ?? claims.nbf
  // A time in the future would make every callback until then look outdated.
  const issuedAt = stamp === undefined ? receivedAt : new Date(Math.min(stamp * 1_000, receivedAt.getTime() + skewMs))
  return { issuedAt, expired: false, claims, ...describeIdentity(claims, algorithm) }
}

/**
 * When the identity was issued, and whether it has expired. Refused: one with neither `exp` nor `iat`, one from the future,
 * and one that is valid for more than a day.
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
  const isFromFuture = [iat, nbf].some((time) => time !== undefined && time * 1_000 > nowMs + skewMs)
  const isValidTooLong = exp !== undefined && exp * 1_000 > nowMs + furthestExpiryMs + skewMs
  if (isFromFuture || isValidTooLong) throw new StandinError('IDENTITY_INVALID')

  const endsAtMs = exp !== undefined ? exp * 1_000 : (iat ?? 0) * 1_000 + maxAgeMs
  return { issuedAt: new Date(stamp * 1_000), expired: nowMs > endsAtMs + skewMs }
}

/**
 * Checks that the identity is not about another account or app: claims named `irisAppId` or `accountId` must match the
 * body, and an `aud` or `sub` in the form of an app id, an account id or a callback address must not be another one's. An
 * `aud` that matches the configured one is this app's, whatever its form.
 * @returns whether the callback is bound: its identity names this account and this app, or has the configured audience
 * @throws StandinError `IDENTITY_MISMATCH`
 */
export function bindIdentity(
  { claims }: Pick<Identity, 'claims'>,
  body: { irisAppId: string; accountId: string },
  { audience, ownHosts }: Pick<IdentityPolicy, 'audience' | 'ownHosts'>,
): boolean {
  const { irisAppId, accountId, sub } = claims
  const receivers = audiences(claims as Claims)
  const hasConfiguredAudience = audience !== undefined && receivers.includes(audience)
  const named = [...(hasConfiguredAudience ? [] : receivers), ...(typeof sub === 'string' ? [sub] : [])]
  const otherApp = named.some((text) => isAppId(text) && text !== body.irisAppId)
  const otherAccount = named.some((text) => isAccountId(text) && text.toLowerCase() !== body.accountId)
  const otherAddress = named.some((text) => isForeignAddress(text, ownHosts))
  const wrongApp = irisAppId !== undefined && irisAppId !== body.irisAppId
  const wrongAccount =
    accountId !== undefined && !(typeof accountId === 'string' && accountId.toLowerCase() === body.accountId)
  if (otherApp || otherAccount || otherAddress || wrongApp || wrongAccount) throw new StandinError('IDENTITY_MISMATCH')

  const namesAccount = accountId !== undefined || named.some(isAccountId)
  const namesApp = irisAppId !== undefined || named.some(isAppId)
  return hasConfiguredAudience || (namesAccount && namesApp)
}

const isAppId = (text: string) => /^@[\w.-]+\/[\w.-]+$/.test(text)
const isAccountId = (text: string) => z.guid().safeParse(text).success
/** An address of another receiver. Trackunit's own addresses name no receiver. */
function isForeignAddress(text: string, ownHosts: readonly string[]): boolean {
  // Parsed, not matched: `HTTPS://…` is an address as well.
  const { protocol, host } = URL.parse(text) ?? {}
  if (!host || !/^https?:$/.test(protocol ?? '') || ownHosts.length === 0) return false
  return !ownHosts.includes(host) && !/(^|\.)trackunit\.com$/.test(host)
}

const audiences = ({ aud }: Pick<Claims, 'aud'>): string[] => (aud === undefined ? [] : [aud].flat())
