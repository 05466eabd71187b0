import type { Clock } from '../../clock.ts'
import type { Database } from '../../database/database.ts'
import type { Logger } from '../../observability/logger.ts'
import type { Vault } from '../../secrets/vault.ts'
import { StandinError } from '../../standin-error.ts'
import type { KeySet } from '../../trackunit/key-set.ts'
import type { AcceptVerified } from '../check-callback.ts'
import { heldBounds } from '../held/held-bounds.ts'
import { deleteHeld, deleteOlderHeld, type HeldCallback, listHeld } from '../held/held-callback-store.ts'
import { isRuleOfCallbacks, type KeepCallback, openHeld } from '../held/keep-callback.ts'
import type { CountRejection } from '../rejected/count-rejections.ts'

/** How far the clocks of two replicas may differ: one judges by its own when the other's callback arrived. */
const clockSkewMs = 5_000

interface Dependencies {
  db: Database
  vault: Vault
  clock: Clock
  keys: KeySet
  accept: AcceptVerified
  keep: KeepCallback
  rejected: CountRejection
  appId: string
  log: Logger
}

/**
 * Verifies what came while it could not be verified, after each fetch of the keys, and asks for one as often as the
 * cool-down allows: so a callback counts even if it never comes again.
 */
export function createVerifyUnverified({ db, vault, clock, keys, accept, keep, rejected, appId, log }: Dependencies) {
  let lastAskedAtMs: number | undefined

  async function decide(row: HeldCallback): Promise<void> {
    const { jwt, body } = await openHeld(vault, row, appId)
    const { address, receivedAt } = row
    const waitedMs = clock.now().getTime() - receivedAt.getTime()
    const arrivedAtMs = clock.monotonicMs() - Math.max(0, waitedMs - clockSkewMs)
    const verification = await keys.verify(jwt, arrivedAtMs)
    if (verification.outcome === 'unavailable') return
    if (verification.outcome === 'invalid') {
      rejected({ reason: 'IDENTITY_INVALID', address, bodyBytes: body.byteLength, jwt })
      await deleteHeld(db, row.id)
      return
    }

    try {
      if (row.reason !== 'KEYS_UNAVAILABLE') throw new StandinError(row.reason) // It was refused as well.
      await accept({ jwt, verification, body, receivedAt })
      await deleteHeld(db, row.id)
    } catch (error) {
      if (!(error instanceof StandinError && isRuleOfCallbacks(error.reason))) throw error
      await keep({ state: 'held', reason: error.reason, jwt, body, address, receivedAt })
    }
  }

  /** @returns false: nothing more is to be done at once */
  return async function verifyUnverified(): Promise<boolean> {
    await deleteOlderHeld(db, 'unverified', new Date(clock.now().getTime() - heldBounds.unverified.maxAgeMs))
    const rows = await listHeld(db, { state: 'unverified', limit: heldBounds.unverified.atMost })
    if (rows.length === 0) return false
    await keys.refreshIfAllowed()
    const askedAtMs = keys.askedAtMs()
    if (askedAtMs === lastAskedAtMs) return false
    let failed = false
    for (const row of rows) {
      await decide(row).catch((error: unknown) => {
        failed = true
        log.error({ err: error }, 'an unverified callback could not be decided about')
      })
    }
    if (!failed) lastAskedAtMs = askedAtMs
    return false
  }
}
