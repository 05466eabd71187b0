import type { TrackunitCallback } from '@standin/contracts'
import type { Identity } from './callback-identity.ts'
import { contentDigest } from './callback-order.ts'

/** A callback that is believed: verified, or released by the operator. */
export interface BelievedCallback {
  callback: TrackunitCallback
  identity: Pick<Identity, 'issuedAt' | 'claimNames' | 'algorithm' | 'issuer' | 'audiences'>
  /** Which JWT brought it. */
  identityDigest: string
  /** Whether its identity names the account. */
  bound: boolean
}

/** Recognises what was said, whichever JWT brings it. */
export function callbackDigest({ kind, body }: TrackunitCallback): string {
  if (kind === 'INSTALLED')
    return contentDigest([kind, body.irisAppId, body.accountId, body.clientId, body.clientSecret])
  if (kind === 'UNINSTALLED') return contentDigest([kind, body.irisAppId, body.accountId])
  return contentDigest([kind, JSON.stringify(body)])
}
