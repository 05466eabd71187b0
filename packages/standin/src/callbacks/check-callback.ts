import type { Config } from '../config/config.ts'
import { StandinError } from '../standin-error.ts'
import { bindIdentity, identityDigest, readIdentity } from './callback-identity.ts'
import { parseCallback } from './parse-callback.ts'
import type { VerifiedCallback } from './verified-callback.ts'

/** A callback whose signature is verified, and nothing else. */
export interface SignedCallback {
  jwt: string
  signature: { payload: Uint8Array; algorithm: string }
  body: Uint8Array
  /** The JWT's times are judged as of this moment, even if the keys could only be fetched later. */
  receivedAt: Date
}

/**
 * Checks that the identity is valid, that the body is a callback, and that both are about the same account of this app.
 * @throws StandinError the rule that it breaks
 */
export function checkCallback(
  { app, callback: policy }: Pick<Config, 'app' | 'callback'>,
  { jwt, signature, body, receivedAt }: SignedCallback,
): VerifiedCallback {
  const identity = readIdentity(signature, receivedAt, policy)
  const callback = parseCallback(body)
  const bound = bindIdentity(identity, callback.body, policy)
  if (callback.body.irisAppId !== app.id) throw new StandinError('IRIS_APP_UNKNOWN')
  return { callback, identity, identityDigest: identityDigest(jwt), bound }
}
