import type { LifecycleSignal, LifecycleStatus } from '@standin/contracts'
import { type Actor, record } from '../audit/record.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import { listCredentials, probeCredentials } from './credential-store.ts'
import { lockInstallation, updateInstallation } from './installation-store.ts'

/** Signals of one account that come faster cause no probe: any user's token of the account can send them. */
const probeAgainAfterMs = 60_000
const extension: Actor = { kind: 'trackunit', id: 'lifecycle extension' }

export type SignalLifecycle = (signal: { accountId: string; type: LifecycleSignal['type'] }) => Promise<LifecycleStatus>

/**
 * Takes what the app's lifecycle extension says. It proves nothing: an uninstall is shown to administrator and operator,
 * and the credentials in force are probed; repeated refusals make it true.
 */
export function createSignalLifecycle({ db, clock }: { db: Database; clock: Clock }): SignalLifecycle {
  return async ({ accountId, type }) => {
    if (type === 'INSTALLED') return 'ignored' // The callback brings the credentials.
    const isKnown = (await listCredentials(db, accountId)).some(({ state }) => state !== 'uninstalled')
    if (!isKnown) return 'ignored'

    return db.transaction(async (tx) => {
      const now = clock.now()
      const installation = await lockInstallation(tx, accountId)
      const { activeGeneration, uninstallSignalledAt, uninstallProbedAt } = installation
      if (uninstallProbedAt && now.getTime() - uninstallProbedAt.getTime() < probeAgainAfterMs) return 'duplicate'
      const inForce = (await listCredentials(tx, accountId)).find(({ generation }) => generation === activeGeneration)
      await updateInstallation(tx, accountId, {
        // It is about what is in force now, though Trackunit's clock may be ahead of ours.
        uninstallSignalledAt: uninstallSignalledAt ?? (inForce && inForce.issuedAt > now ? inForce.issuedAt : now),
        uninstallProbedAt: now,
      })
      if (inForce) await probeCredentials(tx, inForce, now)
      if (!uninstallSignalledAt) {
        await record(tx, { actor: extension, event: 'installation.uninstall-signalled', accountId })
      }
      return 'accepted'
    })
  }
}
