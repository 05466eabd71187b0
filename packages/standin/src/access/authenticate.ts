import type { Clock } from '../clock.ts'
import { StandinError } from '../standin-error.ts'
import type { KeySet } from '../trackunit/key-set.ts'
import type { Caller, ServiceCaller } from './caller.ts'
import type { KeyDirectory } from './key-directory.ts'
import type { RequestLimits } from './request-limits.ts'
import { digestOfPresentedKey } from './service-key.ts'
import { type UserTokenPolicy, verifyUserToken } from './user-token.ts'

export interface Arrival {
  /** On the monotonic clock. */
  arrivedAtMs: number
  /** Where the request came from, as far as `TRUST_PROXY` lets it be told. */
  address: string
}

export type Authenticate = (authorization: string | undefined, arrival: Arrival) => Promise<Caller>

interface Dependencies {
  clock: Clock
  keys: Pick<KeyDirectory, 'find' | 'wasGood'>
  limits: RequestLimits
  /** Undefined: no user is let in. */
  users: { keys: KeySet; policy: UserTokenPolicy } | undefined
  /** Sees each user token that is refused, so that `identity observed` can tell what it carried. */
  observeRefused?: (jwt: string) => void
}

/**
 * Who sent a request: a service by its key, a user by their token.
 * @throws StandinError `UNAUTHENTICATED`, or `RATE_LIMITED` for a key that asks too often and for an address that failed
 *   too often; a key that was seen to be good is looked at whatever else its address sends
 */
export function createAuthenticate({ clock, keys, limits, users, observeRefused }: Dependencies): Authenticate {
  return async (authorization, { arrivedAtMs, address }) => {
    const bearer = bearerOf(authorization)
    if (!bearer) throw new StandinError('UNAUTHENTICATED') // Costs nothing, and is not counted.
    const digest = bearer.startsWith('sk_standin_') ? digestOfPresentedKey(bearer) : undefined

    const isStranger = digest === undefined || !keys.wasGood(digest)
    if (isStranger) await limits.refuseWhereFailedOften(address)
    try {
      if (!bearer.startsWith('sk_standin_')) return await user(bearer, arrivedAtMs)
      return await admitService(digest, { keys, limits })
    } catch (error) {
      if (error instanceof StandinError && error.reason === 'UNAUTHENTICATED') {
        if (!bearer.startsWith('sk_standin_')) observeRefused?.(bearer)
        await limits.countFailure(address)
      }
      throw error
    }
  }

  async function user(jwt: string, arrivedAtMs: number): Promise<Caller> {
    if (!users) throw new StandinError('UNAUTHENTICATED')
    return verifyUserToken(jwt, arrivedAtMs, { ...users, clock })
  }
}

export type Recognise = (authorization: string | undefined) => (() => Promise<ServiceCaller>) | undefined

/**
 * Whoever brings a key that was seen to be good, before anything is awaited; undefined for everybody else, whom
 * `createAuthenticate` looks at. What it gives lets the service in, and counts the request.
 */
export function createRecognise({ keys, limits }: Pick<Dependencies, 'keys' | 'limits'>): Recognise {
  return (authorization) => {
    const bearer = bearerOf(authorization)
    const digest = bearer?.startsWith('sk_standin_') ? digestOfPresentedKey(bearer) : undefined
    if (digest === undefined || !keys.wasGood(digest)) return undefined
    return () => admitService(digest, { keys, limits })
  }
}

const bearerOf = (authorization = '') => /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization)?.[1]

async function admitService(
  digest: string | undefined,
  { keys, limits }: Pick<Dependencies, 'keys' | 'limits'>,
): Promise<ServiceCaller> {
  const caller = digest === undefined ? undefined : await keys.find(digest)
  if (!caller) throw new StandinError('UNAUTHENTICATED')
  await limits.countRequest(caller.keyId)
  return caller
}
