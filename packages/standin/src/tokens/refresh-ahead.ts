import { StandinError } from '../standin-error.ts'
import { scopeSet } from '../trackunit/scope-set.ts'
import { obtainToken } from './obtain-token.ts'
import { claimDueTokens, type DueToken, postponeRefresh, saveUses } from './refresh-store.ts'
import { isInUse } from './token-freshness.ts'
import type { TokensContext } from './tokens-context.ts'

/** When a token that could not be refreshed is tried again; a pause after a failure can be longer. */
export const refreshAgainMs = 10_000
/** Parked credentials are probed elsewhere. */
const parkedAgainMs = 300_000
const atOnce = 16

/**
 * Refreshes tokens in use before their end, so that in the steady state no caller waits for an exchange.
 * @returns whether more may be due
 */
export async function refreshDueTokens(ctx: TokensContext): Promise<boolean> {
  const due = await claimDueTokens(ctx.db, { limit: atOnce, againInMs: refreshAgainMs })
  await Promise.all(due.map((token) => refresh(ctx, token)))
  return due.length === atOnce
}

async function refresh(ctx: TokensContext, due: DueToken): Promise<void> {
  const { accountId, scopeKey, fingerprint } = due
  try {
    if (!fingerprint || !isInUse(due)) return await postponeRefresh(ctx.db, due)
    const credentials = await ctx.tokens.inForce.read(accountId)
    const scopes = scopeSet(scopeKey.split(' '))
    // Nothing in the background asks for a scope that the account no longer grants.
    if (scopes.scopes.some((scope) => !credentials.grantedScopes.includes(scope)))
      return await postponeRefresh(ctx.db, due)
    if (credentials.parked) return await postponeRefresh(ctx.db, due, parkedAgainMs)
    await obtainToken(ctx, { credentials, scopes, replaceAhead: fingerprint })
  } catch (error) {
    ctx.log.debug({ err: error, accountId }, 'a token was not refreshed before its end')
    if (error instanceof StandinError && error.retryAfterMs !== undefined)
      await postponeRefresh(ctx.db, due, Math.max(refreshAgainMs, error.retryAfterMs)).catch(() => {})
  }
}

/** Saves which tokens were handed out since the last time: those in use are refreshed. @returns false: there is no more */
export async function saveTokenUses({ db, tokens }: TokensContext): Promise<boolean> {
  const used = tokens.uses.take()
  if (used.length > 0) await saveUses(db, used)
  return false
}
