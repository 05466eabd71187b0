import { accountIdSchema } from '@standin/contracts'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { StandinError } from '../standin-error.ts'
import type { KeySet } from '../trackunit/key-set.ts'
import type { UserCaller } from './caller.ts'

export type UserTokenPolicy = NonNullable<Config['userTokens']> & { appId: string }

const skewMs = 60_000
const numericDate = z.number().min(0).max(253_402_300_799)
const claimsSchema = z.looseObject({
  iss: z.string(),
  exp: numericDate,
  nbf: numericDate.optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
})

interface Verifier {
  keys: KeySet
  clock: Clock
  policy: UserTokenPolicy
}

/**
 * Reads the token that Manager gave the app, by what is configured about it.
 * @throws StandinError `UNAUTHENTICATED`, or `KEYS_UNAVAILABLE` while it cannot be told
 */
export async function verifyUserToken(jwt: string, arrivedAtMs: number, verifier: Verifier): Promise<UserCaller> {
  const { claims, accountId } = await verifyAppToken(jwt, arrivedAtMs, verifier)
  const { policy } = verifier
  const id = claims[policy.userClaim]
  if (typeof id !== 'string' || id === '') throw new StandinError('UNAUTHENTICATED')
  return {
    kind: 'user',
    id: id.slice(0, 200),
    name: typeof claims.name === 'string' ? claims.name.slice(0, 200) : null,
    accountId,
    scopes: policy.scopeClaim === undefined ? undefined : readScopes(claims[policy.scopeClaim]),
    expiresAt: new Date(claims.exp * 1_000),
  }
}

/**
 * Reads a token of the app for an account: a user's, or the one that its lifecycle extension gets, which has no user.
 * @throws StandinError `UNAUTHENTICATED`, or `KEYS_UNAVAILABLE` while it cannot be told
 */
export async function verifyAppToken(jwt: string, arrivedAtMs: number, { keys, clock, policy }: Verifier) {
  const verification = await keys.verify(jwt, arrivedAtMs)
  if (verification.outcome === 'unavailable')
    throw new StandinError('KEYS_UNAVAILABLE', { retryAfterMs: verification.retryAfterMs })
  if (verification.outcome === 'invalid') throw new StandinError('UNAUTHENTICATED')

  const claims = readClaims(verification.payload)
  const nowMs = clock.now().getTime()
  const isCurrent = claims.exp * 1_000 > nowMs && (claims.nbf === undefined || claims.nbf * 1_000 <= nowMs + skewMs)
  const isForUs =
    claims.iss === policy.issuer &&
    (policy.audience === undefined || [claims.aud ?? []].flat().includes(policy.audience)) &&
    (policy.appClaim === undefined || claims[policy.appClaim] === policy.appId)
  const account = accountIdSchema.safeParse(claims[policy.accountClaim])
  if (!isCurrent || !isForUs || !account.success) throw new StandinError('UNAUTHENTICATED')
  return { claims, accountId: account.data }
}

function readClaims(payload: Uint8Array) {
  try {
    return claimsSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)))
  } catch {
    throw new StandinError('UNAUTHENTICATED')
  }
}

/** A list, or one text with spaces; anything else is no scope at all. */
function readScopes(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter(Boolean)
  return Array.isArray(claim) ? claim.filter((scope) => typeof scope === 'string') : []
}
