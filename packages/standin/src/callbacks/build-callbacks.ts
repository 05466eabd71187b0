import type { Uninstall } from '../accounts/uninstall.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { Logger } from '../observability/logger.ts'
import type { Vault } from '../secrets/vault.ts'
import type { KeySet } from '../trackunit/key-set.ts'
import { createTakeCallback } from './apply-callback.ts'
import type { IdentityPolicy } from './callback-identity.ts'
import { createAcceptVerified } from './check-callback.ts'
import { createKeepCallback } from './held/keep-callback.ts'
import { createReleaseCallback } from './held/release-callback.ts'
import { createReceiveCallback } from './receive-callback.ts'
import { createRejectionCounter } from './rejected/count-rejections.ts'
import { saveRejections } from './rejected/rejection-store.ts'
import { createVerifyUnverified } from './unverified/verify-unverified.ts'

interface Parts {
  db: Database
  vault: Vault
  clock: Clock
  uninstall: Uninstall
  policy: IdentityPolicy
}

export type CallbackParts = Parts & { keys: KeySet; log: Logger; newId: () => string }

/** What the operator's command needs of callbacks. */
export function buildReleaseCallback({ db, vault, clock, uninstall, policy }: Parts) {
  return createReleaseCallback({ db, vault, policy, take: createTakeCallback({ db, vault, clock, uninstall }) })
}

/** Callbacks as the server needs them: what receives, and what works in the background. */
export function buildCallbacks({ db, vault, clock, uninstall, policy, keys, log, newId }: CallbackParts) {
  const { appId } = policy
  const accept = createAcceptVerified({ db, policy, take: createTakeCallback({ db, vault, clock, uninstall }) })
  const keep = createKeepCallback({ db, vault, clock, appId, newId })
  const rejections = createRejectionCounter({ clock, save: (counted) => saveRejections(db, counted) })
  return {
    receiveCallback: createReceiveCallback({ keys, clock, keep, accept }),
    verifyUnverified: createVerifyUnverified({
      ...{ db, vault, clock, keys, accept, keep, appId, log },
      rejected: rejections.count,
    }),
    rejected: rejections.count,
    saveRejected: rejections.flush,
  }
}
