import type { UserTokenPolicy } from '../access/user-token.ts'
import { createKeySet, type KeySet } from '../trackunit/key-set.ts'
import { createKeySetStore } from '../trackunit/key-set-store.ts'
import type { Foundation } from './open-foundation.ts'

export interface UserTokens {
  keys: KeySet
  policy: UserTokenPolicy
}

/** How Manager's tokens are verified; undefined where the settings do not say: then no user is let in. */
export function readUserTokens({ config, db, clock, userAgent }: Foundation): UserTokens | undefined {
  if (!config.userTokens) return undefined
  const { jwksUrl: url, jwksCooldownMs: cooldownMs } = config.userTokens
  return {
    keys: createKeySet({ url, cooldownMs, userAgent }, { clock, fetch, store: createKeySetStore(db) }),
    policy: { ...config.userTokens, appId: config.app.id },
  }
}
