import type { TrackunitCallback } from '@standin/contracts'
import type { Transaction } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { countByIdentity, countUnprovenUnbound } from './callback-store.ts'

/** A whole fleet of pre-installed accounts may come under one JWT; what carries nothing to prove may not. */
const mostByIdentity: Record<TrackunitCallback['kind'], number> = { INSTALLED: 5_000, UNINSTALLED: 5_000, unknown: 20 }
/** No account sends more different callbacks than this under one JWT. */
const mostOfAccount = 20
/** Of all accounts together: each costs Trackunit exchanges until it is proven or rejected. */
const mostUnproven = 20_000

/**
 * What one JWT may bring: whoever holds a genuine one can wrap any number of bodies in it, each a row and an exchange.
 * A JWT that brought little is let in also when others have filled the room.
 *
 * @throws StandinError `RATE_LIMITED` or `OVERLOADED`, with when to come again
 */
export async function boundOfIdentity(
  tx: Transaction,
  {
    identityDigest,
    accountId,
    kind,
    bound,
  }: { identityDigest: string; accountId: string; kind: TrackunitCallback['kind']; bound: boolean },
): Promise<void> {
  const brought = await countByIdentity(tx, { identityDigest, accountId, atMost: mostByIdentity[kind] })
  if (brought.ofAccount >= mostOfAccount || brought.inAll >= mostByIdentity[kind])
    throw new StandinError('RATE_LIMITED', {
      retryAfterMs: 3_600_000,
      detail: 'One Trackunit-Identity brought more different callbacks than one may. It is kept for the operator.',
    })

  if (kind !== 'INSTALLED' || bound || brought.inAll < mostOfAccount) return
  if ((await countUnprovenUnbound(tx, mostUnproven)) >= mostUnproven)
    throw new StandinError('OVERLOADED', { retryAfterMs: 60_000 })
}
