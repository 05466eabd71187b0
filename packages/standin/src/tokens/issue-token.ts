import type { ErrorReason, IssueTokenInput } from '@standin/contracts'
import { findServiceByKeyId } from '../access/access-store.ts'
import { grantedScopes } from '../access/authorize.ts'
import type { HandOut } from '../audit/hand-out-kind.ts'
import { toRefusal } from '../refusal.ts'
import { StandinError } from '../standin-error.ts'
import { scopesToIssue } from './account-scopes.ts'
import { obtainToken } from './obtain-token.ts'
import { issueFromMemory } from './outage/issue-from-memory.ts'
import { type HandedToken, handOutOf, receiverOf, type TokenReceiver, toHandedToken } from './token-receiver.ts'
import type { TokensContext } from './tokens-context.ts'

/**
 * The only way a token is handed out: obtained for the account as it is now, and recorded before it is returned. While the
 * database is down, from memory.
 * @throws StandinError with the reason why there is none
 */
export async function issueToken(
  ctx: TokensContext,
  receiver: TokenReceiver,
  wanted: IssueTokenInput,
): Promise<HandedToken> {
  const { watch } = ctx
  if (watch.isDown()) return issueFromMemory(ctx, receiver, wanted)
  try {
    return await watch.whileUp(issueRecorded(ctx, receiver, wanted))
  } catch (error) {
    if (toRefusal(error).reason !== 'STORAGE_UNAVAILABLE') throw error
    // Perhaps only this connection failed: then the database is asked once more.
    return (await watch.suspect(error)) ? issueFromMemory(ctx, receiver, wanted) : issueRecorded(ctx, receiver, wanted)
  }
}

/** An account's credentials, or its grants, can change between two attempts. After this many, the caller has to retry later. */
const maxAttempts = 4

async function issueRecorded(
  ctx: TokensContext,
  known: TokenReceiver,
  { accountId, scopes: asked, rejectedFingerprint }: IssueTokenInput,
): Promise<HandedToken> {
  const { inForce, manifestScopes, uses } = ctx.tokens
  let receiver = known
  for (let attempts = 0; attempts < maxAttempts; attempts++) {
    const fresh = attempts > 0 || rejectedFingerprint !== undefined
    try {
      // What is in memory is not awaited: nearly every token is.
      const found = fresh ? inForce.read(accountId) : inForce.get(accountId)
      const credentials = found instanceof Promise ? await found : found
      const scopes = scopesToIssue({ receiver, asked, granted: credentials, manifestScopes })
      const askedBy = receiver.kind === 'service' ? receiver.service : undefined
      const obtained = obtainToken(ctx, { credentials, scopes, rejectedFingerprint, askedBy })
      const token = obtained instanceof Promise ? await obtained : obtained
      if (!token) continue // Another generation is in force by now.

      if (!(await recordHandOut(ctx, handOutOf(token, receiver, credentials, scopes)))) {
        receiver = await readReceiver(ctx, receiver, accountId)
        continue
      }
      const handed = toHandedToken(token, scopes, ctx.clock.monotonicMs())
      if (!handed) continue // It expired while it was being recorded.
      uses.note(accountId, scopes.key, token.lifetimeMs)
      return handed
    } catch (error) {
      if (fresh || !mayBeOutdated(error)) throw error
    }
  }
  throw new StandinError('OVERLOADED', {
    retryAfterMs: 1_000,
    detail: 'The account’s credentials are changing right now.',
  })
}

/** Refusals that may be due to outdated data in memory. */
const outdatable: readonly ErrorReason[] = ['SCOPE_NOT_GRANTED', 'PLAN_REQUIRED', 'CREDENTIALS_REJECTED']
const mayBeOutdated = (error: unknown) => error instanceof StandinError && outdatable.includes(error.reason)

/** @returns whether the row is committed; false where generation, key or grant no longer allow it */
function recordHandOut({ audit, metrics }: TokensContext, handOut: HandOut): Promise<boolean> {
  return audit.recordHandOut(handOut).then(
    (isRecorded) => {
      metrics.countHandOut(isRecorded ? 'database' : 'refused')
      return isRecorded
    },
    (error) => {
      metrics.countHandOut({ error })
      throw error
    },
  )
}

/**
 * What the receiver may have now, according to the database.
 * @throws StandinError `UNAUTHENTICATED` if the key is no longer good, `ACCOUNT_FORBIDDEN` without a grant
 */
async function readReceiver(ctx: TokensContext, receiver: TokenReceiver, accountId: string): Promise<TokenReceiver> {
  if (receiver.kind === 'system') return receiver
  const service = (await findServiceByKeyId(ctx, receiver.keyId, accountId))?.caller
  if (!service) throw new StandinError('UNAUTHENTICATED')
  const scopes = grantedScopes(service, accountId)
  if (!scopes) throw new StandinError('ACCOUNT_FORBIDDEN')
  return receiverOf(service, accountId, scopes)
}
