import type { TrackunitCallback } from '@standin/contracts'
import type { Identity } from './callback-identity.ts'
import { contentDigest } from './callback-order.ts'

/** A callback that may be applied: signature and identity were verified, or the operator released it. */
export interface VerifiedCallback {
  callback: TrackunitCallback
  identity: Pick<Identity, 'issuedAt' | 'expired' | 'claimNames' | 'algorithm' | 'issuer' | 'audiences'>
  /** Identifies the JWT, which may bring only so many callbacks. */
  identityDigest: string
  /** Whether its identity names this account and this app, or has the configured audience. */
  bound: boolean
}

/** Recognises the same content, whichever JWT it comes under. */
export function callbackDigest({ kind, body }: TrackunitCallback): string {
  if (kind === 'INSTALLED')
    return contentDigest([kind, body.irisAppId, body.accountId, body.clientId, body.clientSecret])
  if (kind === 'UNINSTALLED') return contentDigest([kind, body.irisAppId, body.accountId])
  return contentDigest([kind, JSON.stringify(body)])
}
