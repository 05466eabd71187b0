import { accountIdSchema, lineSchema } from '@standin/contracts'
import { z } from 'zod'
import { StandinError } from '../standin-error.ts'
import { numericDate, readClaims } from '../trackunit/read-claims.ts'
import type { AccessContext } from './access-context.ts'
import type { UserCaller } from './caller.ts'

const skewMs = 60_000
const claimsSchema = z.looseObject({
  iss: z.string(),
  exp: numericDate,
  nbf: numericDate.optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
})

const userIdSchema = lineSchema(200).min(1)
const userNameSchema = lineSchema(200)

/**
 * The user whose token Manager gave to the app, as the `USER_TOKEN_*` settings say.
 * @param arrivedAtMs when the request arrived, on the monotonic clock
 * @throws StandinError `UNAUTHENTICATED`, or `KEYS_UNAVAILABLE` while the token cannot be judged
 */
export async function verifyUserToken(ctx: AccessContext, jwt: string, arrivedAtMs: number): Promise<UserCaller> {
  const { claims, accountId, policy } = await verifyAppToken(ctx, jwt, arrivedAtMs)
  const id = userIdSchema.safeParse(claims[policy.userClaim])
  if (!id.success) throw new StandinError('UNAUTHENTICATED') // Truncated, it could be another user's.
  const user: UserCaller = {
    kind: 'user',
    id: id.data,
    name: userNameSchema.safeParse(claims.name).data ?? null,
    accountId,
    ...ownEmail(claims, policy.emailClaim),
    scopes: policy.scopeClaim === undefined ? undefined : readScopes(claims[policy.scopeClaim]),
    expiresAt: new Date(claims.exp * 1_000),
  }
  ctx.access.seenUsers.note(user)
  return user
}

/**
 * The claims and the account of a token of the app: a user's, or its lifecycle extension's, which has no user.
 * @param arrivedAtMs when the request arrived, on the monotonic clock
 * @throws StandinError `UNAUTHENTICATED`, or `KEYS_UNAVAILABLE` while the token cannot be judged
 */
export async function verifyAppToken({ config, clock, access }: AccessContext, jwt: string, arrivedAtMs: number) {
  const policy = config.userTokens
  const keys = access.userKeys
  if (!policy || !keys) throw new StandinError('UNAUTHENTICATED')
  const verification = await keys.verify(jwt, arrivedAtMs)
  if (verification.outcome === 'unavailable')
    throw new StandinError('KEYS_UNAVAILABLE', { retryAfterMs: verification.retryAfterMs })
  if (verification.outcome === 'invalid') throw new StandinError('UNAUTHENTICATED')

  const claims = readClaims(verification.payload, claimsSchema)
  if (!claims) throw new StandinError('UNAUTHENTICATED')
  const nowMs = clock.now().getTime()
  const isCurrent = claims.exp * 1_000 > nowMs && (claims.nbf === undefined || claims.nbf * 1_000 <= nowMs + skewMs)
  const isForUs =
    claims.iss === policy.issuer &&
    (policy.audience === undefined || [claims.aud ?? []].flat().includes(policy.audience)) &&
    (policy.appClaim === undefined || claims[policy.appClaim] === config.app.id)
  const account = accountIdSchema.safeParse(claims[policy.accountClaim])
  if (!isCurrent || !isForUs || !account.success) throw new StandinError('UNAUTHENTICATED')
  return { claims, accountId: account.data, policy }
}

/** Undefined for an address that the issuer marks as not verified. */
function ownEmail(claims: Record<string, unknown>, claim: string): { email?: string } {
  const { data: email } = z.email().max(254).safeParse(claims[claim])
  return email === undefined || claims.email_verified === false ? {} : { email }
}

/** A list, or one text with spaces; anything else holds no scopes. */
function readScopes(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter(Boolean)
  return Array.isArray(claim) ? claim.filter((scope) => typeof scope === 'string') : []
}
