import type { IssueTokenInput } from '@standin/contracts'
import { StandinError } from '../../standin-error.ts'
import { scopesToIssue } from '../account-scopes.ts'
import { type HandedToken, handOutOf, type TokenReceiver, toHandedToken } from '../token-receiver.ts'
import type { TokensContext } from '../tokens-context.ts'

/**
 * Issues a token while the database is down: only one in memory, for an account as it was last read, and written to the
 * local spool first. Nothing is exchanged.
 * @throws StandinError `STORAGE_UNAVAILABLE` without such a token, after `OUTAGE_SERVE_S`, or where the database was restored
 */
export async function issueFromMemory(
  ctx: TokensContext,
  receiver: TokenReceiver,
  { accountId, scopes: asked, rejectedFingerprint }: IssueTokenInput,
): Promise<HandedToken> {
  const { cache, inForce, spool, manifestScopes } = ctx.tokens
  const known = inForce.lastRead(accountId)
  const isBehind = ctx.watch.trouble() === 'behind'
  if (!known || isBehind || ctx.watch.downForMs() >= ctx.config.outageServeMs)
    throw new StandinError('STORAGE_UNAVAILABLE')
  const scopes = scopesToIssue({ receiver, asked, granted: known, manifestScopes })
  const token = cache.get({ accountId, generation: known.generation, scopeKey: scopes.key })
  const isUsable = () => token && toHandedToken(token, scopes, ctx.clock.monotonicMs())
  if (!token || token.fingerprint === rejectedFingerprint || !isUsable()) throw new StandinError('STORAGE_UNAVAILABLE')

  await spool.append(handOutOf(token, receiver, known, scopes))
  const handed = isUsable()
  if (!handed) throw new StandinError('STORAGE_UNAVAILABLE') // It expired while it was being written.
  return handed
}
