import type { CallbackStatus } from '@standin/contracts'
import type { Database } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import type { TakeCallback } from './apply-callback.ts'
import { bindIdentity, type IdentityPolicy, identityDigest, readIdentity } from './callback-identity.ts'
import { wasTakenBefore } from './callback-store.ts'
import { parseCallback } from './parse-callback.ts'
import { callbackDigest } from './verified-callback.ts'

export interface VerifiedCallback {
  jwt: string
  verification: { payload: Uint8Array; algorithm: string }
  body: Uint8Array
  /** Times are judged as of this moment, however late the keys were had. */
  receivedAt: Date
}

export type AcceptVerified = (verified: VerifiedCallback) => Promise<{ status: CallbackStatus; accountId: string }>

/** What follows the proof of the signature: each rule, then the ledger. @throws StandinError the rule that it breaks */
export function createAcceptVerified({
  db,
  take,
  policy,
}: {
  db: Database
  take: TakeCallback
  policy: IdentityPolicy
}): AcceptVerified {
  return async ({ jwt, verification, body, receivedAt }) => {
    const identity = readIdentity(verification, receivedAt, policy)
    const callback = parseCallback(body)
    const { accountId, irisAppId } = callback.body
    const bound = bindIdentity(identity, callback.body, policy)
    if (irisAppId !== policy.appId) throw new StandinError('IRIS_APP_UNKNOWN')
    // A redelivery of what is stored is answered as such however late it comes; nothing else is believed by then.
    if (identity.expired) {
      if (!(await wasTakenBefore(db, { accountId, contentDigest: callbackDigest(callback) })))
        throw new StandinError('IDENTITY_EXPIRED')
      return { status: 'duplicate', accountId }
    }
    return { status: await take({ callback, identity, identityDigest: identityDigest(jwt), bound }), accountId }
  }
}
