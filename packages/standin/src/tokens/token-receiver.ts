import type { HandOut } from '../audit/hand-out-kind.ts'
import type { Secret } from '../config/secret.ts'
import type { ScopeSet } from '../trackunit/scope-set.ts'
import type { HeldToken } from './token-cache.ts'
import { tokenFreshness } from './token-freshness.ts'

/** Who the token is for. A service gets the scopes that it was granted, a run those that its action declares. */
export type TokenReceiver =
  | { kind: 'service'; service: string; keyId: string; grantedScopes: readonly string[] }
  | { kind: 'system'; id: string }

export interface HandedToken {
  accessToken: Secret
  fingerprint: string
  scopes: readonly string[]
  leftMs: number
  lifetimeMs: number
}

/** What the audit keeps of a token that leaves. */
export function handOutOf(token: HeldToken, receiver: TokenReceiver, accountId: string, { key }: ScopeSet): HandOut {
  const isService = receiver.kind === 'service'
  return {
    accountId,
    generation: token.generation,
    scopeKey: key,
    fingerprint: token.fingerprint,
    serviceKeyId: isService ? receiver.keyId : undefined,
    receiver: isService ? { kind: 'service', id: receiver.service } : receiver,
  }
}

/** The token as its receiver gets it. @returns undefined inside the margin before its end */
export function toHandedToken(token: HeldToken, { scopes }: ScopeSet, nowMs: number): HandedToken | undefined {
  const { accessToken, fingerprint, lifetimeMs, endsAtMs } = token
  const leftMs = endsAtMs - nowMs
  if (tokenFreshness({ leftMs, lifetimeMs }) === 'stale') return undefined
  return { accessToken, fingerprint, lifetimeMs, scopes, leftMs }
}
