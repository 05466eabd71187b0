import { StandinError } from '../standin-error.ts'
import { isPlausible } from '../trackunit/verify-signature.ts'
import type { AccessContext } from './access-context.ts'
import type { AllowedCalls } from './budgets.ts'
import type { Caller, ServiceCaller } from './caller.ts'
import { digestOfPresentedKey } from './service-key.ts'
import { verifyUserToken } from './user-token.ts'

export interface Arrival {
  /** On the monotonic clock. */
  arrivedAtMs: number
  /** Where the request came from, as far as `TRUST_PROXY` allows. */
  address: string
}

/**
 * The caller of a request: a service by its key, a user by their token.
 * @throws StandinError `UNAUTHENTICATED`, or `RATE_LIMITED` for garbage from an address that failed too often; what may be
 *   a valid key or token is always checked, whatever else its address sends
 */
export async function authenticate(
  ctx: AccessContext,
  authorization: string | undefined,
  { arrivedAtMs, address }: Arrival,
): Promise<Caller> {
  const { limits, refusedTokens } = ctx.access
  const bearer = bearerOf(authorization)
  if (!bearer) throw new StandinError('UNAUTHENTICATED') // Costs nothing, and is not counted.
  const isKey = isServiceKey(bearer)
  const digest = isKey ? digestOfPresentedKey(bearer) : undefined

  const isGarbage = isKey ? digest === undefined : !isPlausible(bearer)
  if (isGarbage) limits.refuseWhereFailedOften(address)
  try {
    return isKey ? await admitService(ctx, digest) : await verifyUserToken(ctx, bearer, arrivedAtMs)
  } catch (error) {
    if (error instanceof StandinError && error.reason === 'UNAUTHENTICATED') {
      if (!isKey) refusedTokens.observe(bearer)
      limits.countFailure(address)
    }
    throw error
  }
}

/** A known service, and how many calls of its request may be made. */
export interface AdmittedCalls {
  caller: ServiceCaller
  allowed: AllowedCalls
}

/** Admits a known service and counts the calls of its request. @throws StandinError `UNAUTHENTICATED` or `RATE_LIMITED` */
export type Admit = (calls: number) => Promise<AdmittedCalls>

/**
 * Recognises a key that was valid before, without awaiting anything; undefined for all other requests, which
 * `authenticate` checks.
 */
export function recognise(ctx: AccessContext, authorization: string | undefined): Admit | undefined {
  const bearer = bearerOf(authorization)
  const digest = bearer && isServiceKey(bearer) ? digestOfPresentedKey(bearer) : undefined
  if (digest === undefined || !ctx.access.keys.wasGood(digest)) return undefined
  return async (calls) => {
    const found = ctx.access.keys.find(digest)
    const caller = found instanceof Promise ? await found : found
    if (!caller) throw new StandinError('UNAUTHENTICATED')
    return { caller, allowed: await ctx.access.budgets.countCalls(caller, calls) }
  }
}

const bearerOf = (authorization = '') => /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization)?.[1]
const isServiceKey = (bearer: string) => bearer.startsWith('sk_standin_')

async function admitService({ access: { keys } }: AccessContext, digest: string | undefined): Promise<ServiceCaller> {
  const caller = digest === undefined ? undefined : await keys.find(digest)
  if (!caller) throw new StandinError('UNAUTHENTICATED')
  return caller
}
