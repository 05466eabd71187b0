import { applyingGrants } from '../access/authorize.ts'
import type { ServiceCaller } from '../access/caller.ts'
import type { HandOut } from '../audit/hand-out-kind.ts'
import type { Secret } from '../config/secret.ts'
import type { ScopeSet } from '../trackunit/scope-set.ts'
import type { InForce } from './in-force-memory.ts'
import type { HeldToken } from './token-cache.ts'
import { tokenFreshness } from './token-freshness.ts'

/** Who the token is for. A service gets the scopes that it was granted, a run those that its action declares. */
export type TokenReceiver =
  | {
      kind: 'service'
      service: string
      keyId: string
      grantedScopes: readonly string[]
      /** The MACs of the key's row and of the grants that apply, as they were verified. */
      macs: readonly string[]
    }
  | { kind: 'system'; id: string }

export interface HandedToken {
  accessToken: Secret
  fingerprint: string
  scopes: readonly string[]
  leftMs: number
  lifetimeMs: number
}

/** A service as the receiver of tokens of an account. @param grantedScopes what its grants there allow */
export function receiverOf(
  caller: ServiceCaller,
  accountId: string,
  grantedScopes: readonly string[],
): TokenReceiver & { kind: 'service' } {
  const { service, keyId, mac } = caller
  const macs = [mac, ...applyingGrants(caller, accountId).map((grant) => grant.mac)]
  return { kind: 'service', service, keyId, grantedScopes, macs }
}

/** What the audit keeps of a token that is handed out. */
export function handOutOf(
  token: HeldToken,
  receiver: TokenReceiver,
  { accountId, mac }: Pick<InForce, 'accountId' | 'mac'>,
  { key }: ScopeSet,
): HandOut {
  const isService = receiver.kind === 'service'
  return {
    accountId,
    generation: token.generation,
    scopeKey: key,
    fingerprint: token.fingerprint,
    serviceKeyId: isService ? receiver.keyId : undefined,
    restsOn: isService ? [mac, ...receiver.macs] : [mac],
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
