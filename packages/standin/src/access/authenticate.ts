import type { KeySet } from '../callbacks/key-set.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { findServiceByKey } from './access-store.ts'
import type { Caller } from './caller.ts'
import { digestOfPresentedKey } from './service-key.ts'
import { type UserTokenPolicy, verifyUserToken } from './user-token.ts'

/** @param arrivedAtMs when the request arrived, on the monotonic clock */
export type Authenticate = (authorization: string | undefined, arrivedAtMs: number) => Promise<Caller>

interface Dependencies {
  db: Database
  clock: Clock
  /** Undefined: no user is let in. */
  users: { keys: KeySet; policy: UserTokenPolicy } | undefined
}

/** Who sent a request: a service by its key, a user by their token. @throws StandinError `UNAUTHENTICATED` */
export function createAuthenticate({ db, clock, users }: Dependencies): Authenticate {
  return async (authorization, arrivedAtMs) => {
    const [, bearer] = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization ?? '') ?? []
    if (!bearer) throw new StandinError('UNAUTHENTICATED')

    if (bearer.startsWith('sk_standin_')) {
      const digest = digestOfPresentedKey(bearer)
      const service = digest && (await findServiceByKey(db, digest))
      if (!service) throw new StandinError('UNAUTHENTICATED')
      return service
    }
    if (!users) throw new StandinError('UNAUTHENTICATED')
    return verifyUserToken(bearer, arrivedAtMs, { ...users, clock })
  }
}
