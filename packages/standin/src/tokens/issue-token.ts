import type { ErrorReason, IssuedToken, IssueTokenInput } from '@standin/contracts'
import { grantedScopes } from '../access/authorize.ts'
import type { ServiceCaller } from '../access/caller.ts'
import type { HandOut } from '../audit/hand-out-kind.ts'
import type { Clock } from '../clock.ts'
import type { Secret } from '../config/secret.ts'
import { StandinError } from '../standin-error.ts'
import { type ScopeSet, scopeSet } from '../trackunit/scope-set.ts'
import { type AccountScopes, checkGranted } from './account-scopes.ts'
import type { TokenIdentity } from './exchange-store.ts'
import type { InForceMemory } from './in-force-memory.ts'
import type { ObtainToken } from './obtain-token.ts'
import type { HeldToken } from './token-cache.ts'
import { cacheForMs, tokenFreshness } from './token-freshness.ts'

/** Who the token is for. A service gets what it was granted; a run of ours what its action declares. */
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

export type IssueToken = (receiver: TokenReceiver, wanted: IssueTokenInput) => Promise<HandedToken>

interface Dependencies {
  clock: Clock
  inForce: InForceMemory
  obtainToken: ObtainToken
  /** Leaves the durable row of a hand-out while generation, key and grant allow it. @returns whether it is there */
  recordHandOut: (handOut: HandOut) => Promise<boolean>
  /** What a service's key may do now, asked of the database; undefined once it is not good any more. */
  findService: (keyId: string) => Promise<ServiceCaller | undefined>
  /** Told of each token that leaves: those that are used are replaced ahead of their end. */
  noteUse: (token: TokenIdentity, lifetimeMs: number) => void
  manifestScopes: readonly string[]
}

/** Between two looks the account can change hands again; whoever meets more than this in a row comes back later. */
const maxLooks = 4

/** The one way in which a token leaves: looked up, checked, obtained, and recorded before it is returned. */
export function createIssueToken({
  clock,
  inForce,
  obtainToken,
  recordHandOut,
  findService,
  noteUse,
  manifestScopes,
}: Dependencies): IssueToken {
  return async (known, { accountId, scopes: asked, rejectedFingerprint }) => {
    let receiver = known
    for (let looks = 0; looks < maxLooks; looks++) {
      const fresh = looks > 0 || rejectedFingerprint !== undefined
      try {
        const found = inForce.get(accountId, { fresh })
        const credentials = found instanceof Promise ? await found : found
        const scopes = scopesToIssue({ receiver, asked, granted: credentials, manifestScopes })
        const obtained = obtainToken({ credentials, scopes, rejectedFingerprint })
        const token = obtained instanceof Promise ? await obtained : obtained
        if (!token) continue
        if (await recordHandOut(handOutOf({ token, receiver, accountId, scopes }))) {
          const { accessToken, fingerprint, lifetimeMs, endsAtMs } = token
          const leftMs = endsAtMs - clock.monotonicMs()
          // Recording can take longer than the token was still good for.
          if (tokenFreshness({ leftMs, lifetimeMs }) === 'stale') continue
          noteUse({ accountId, generation: token.generation, scopeKey: scopes.key }, lifetimeMs)
          return { accessToken, fingerprint, lifetimeMs, scopes: scopes.scopes, leftMs }
        }
        // Generation, key or grant is another one by now: what the receiver may have is read again, as the account is.
        receiver = await asItIsNow(receiver, accountId)
      } catch (error) {
        if (fresh || !mayBeOutdated(error)) throw error
      }
    }
    throw new StandinError('OVERLOADED', { retryAfterMs: 1_000, detail: 'The account changes hands this moment.' })
  }

  /** @throws StandinError `UNAUTHENTICATED` where the key is no longer good, `ACCOUNT_FORBIDDEN` without a grant */
  async function asItIsNow(receiver: TokenReceiver, accountId: string): Promise<TokenReceiver> {
    if (receiver.kind === 'system') return receiver
    const service = await findService(receiver.keyId)
    if (!service) throw new StandinError('UNAUTHENTICATED')
    const scopes = grantedScopes(service, accountId)
    if (!scopes) throw new StandinError('ACCOUNT_FORBIDDEN')
    return { ...receiver, grantedScopes: scopes }
  }
}

/** Refusals that rest on what was remembered of the account. */
const outdatable: readonly ErrorReason[] = ['SCOPE_NOT_GRANTED', 'PLAN_REQUIRED', 'CREDENTIALS_REJECTED']
const mayBeOutdated = (error: unknown) => error instanceof StandinError && outdatable.includes(error.reason)

export function handOutOf({
  token,
  receiver,
  accountId,
  scopes,
}: {
  token: HeldToken
  receiver: TokenReceiver
  accountId: string
  scopes: ScopeSet
}): HandOut {
  return {
    ...{ accountId, generation: token.generation, scopeKey: scopes.key, fingerprint: token.fingerprint },
    serviceKeyId: receiver.kind === 'service' ? receiver.keyId : undefined,
    receiver:
      receiver.kind === 'service' ? { kind: 'service', id: receiver.service } : { kind: 'system', id: receiver.id },
  }
}

/**
 * Which scopes a token may have: those asked for, else all that the receiver and the account have in common.
 * @throws StandinError `SCOPE_NOT_IN_MANIFEST`, `SCOPE_FORBIDDEN`, `SCOPE_NOT_GRANTED` or `PLAN_REQUIRED`, naming the scopes
 */
export function scopesToIssue({
  receiver,
  asked,
  granted,
  manifestScopes,
}: {
  receiver: TokenReceiver
  asked: readonly string[] | undefined
  granted: AccountScopes
  manifestScopes: readonly string[]
}): ScopeSet {
  const allowed = receiver.kind === 'service' ? receiver.grantedScopes : manifestScopes
  const wanted = asked ?? allowed.filter((scope) => granted.grantedScopes.includes(scope))
  if (!asked && wanted.length === 0) checkGranted(allowed, granted)
  // A request without scopes would be answered with all that the app has.
  if (wanted.length === 0) throw new StandinError('SCOPE_NOT_GRANTED', { detail: 'No scope is left to ask for.' })
  if (!asked) return scopeSet(wanted)

  const refuse = (reason: 'SCOPE_NOT_IN_MANIFEST' | 'SCOPE_FORBIDDEN', among: readonly string[]) => {
    const outside = asked.filter((scope) => !among.includes(scope))
    if (outside.length > 0) throw new StandinError(reason, { detail: `Asked for: ${outside.join(', ')}.` })
  }
  refuse('SCOPE_NOT_IN_MANIFEST', manifestScopes)
  refuse('SCOPE_FORBIDDEN', allowed)
  checkGranted(asked, granted)
  return scopeSet(asked)
}

/** A token as it goes over the wire. */
export function toIssuedToken(
  token: HandedToken,
  { now, allowedCacheMs }: { now: Date; allowedCacheMs: number },
): IssuedToken {
  const expiresInMs = Math.floor(token.leftMs)
  return {
    accessToken: token.accessToken.reveal(),
    tokenType: 'Bearer',
    expiresAt: new Date(now.getTime() + expiresInMs).toISOString(),
    expiresInMs,
    cacheForMs: cacheForMs({ leftMs: token.leftMs, lifetimeMs: token.lifetimeMs, allowedMs: allowedCacheMs }),
    scopes: [...token.scopes],
  }
}
