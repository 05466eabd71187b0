import type { Clock } from '../clock.ts'
import type { Secret } from '../config/secret.ts'
import type { Database } from '../database/database.ts'
import type { Logger } from '../observability/logger.ts'
import { toRefusal } from '../refusal.ts'
import type { Vault } from '../secrets/vault.ts'
import type { Negotiation } from '../trackunit/negotiate-scopes.ts'
import { withClaimed } from './claimed-credentials.ts'
import { type CredentialKey, type CredentialRow, claimDueCredentials, updateCredentials } from './credential-store.ts'
import { parkCredentials } from './park-credentials.ts'
import { comeBack, type PatiencePolicy, postponeProof } from './postpone-proof.ts'
import { type SettlingPolicy, settleProven } from './settle-proven.ts'
import type { Uninstall } from './uninstall.ts'

export type ProvingPolicy = SettlingPolicy & PatiencePolicy

interface Dependencies {
  db: Database
  vault: Vault
  clock: Clock
  log: Logger
  uninstall: Uninstall
  negotiate: (credentials: { clientId: string; clientSecret: Secret }) => Promise<Negotiation>
  policy: ProvingPolicy
  /** Who this process is among the others; undefined while it is nobody. */
  replicaId?: () => number | undefined
}

/** Longer than an exchange that is given up; then whoever died, or lost the database, while proving is followed by another. */
const holdMs = 12_000
const atOnce = 8

/**
 * Proves new credentials in the background by a first exchange, and probes those in force that are parked or in doubt.
 * Those in force serve until new ones were seen to work.
 */
export function createProveCredentials(dependencies: Dependencies) {
  const { db, vault, clock, log, negotiate, replicaId } = dependencies
  /** What the database was lost over: nobody has to wait for its hold to run out. */
  const unfinished: CredentialRow[] = []

  async function takeUpAgain(): Promise<void> {
    const again = unfinished.slice()
    // Each by itself: whoever takes callbacks locks credentials of several accounts, in another order.
    for (const { claimedBy, ...key } of again)
      await db.transaction((tx) => updateCredentials(tx, key, { nextAttemptAt: clock.now(), claimedBy })) // Still unfinished.
    unfinished.splice(0, again.length)
  }

  async function negotiationFor(row: CredentialRow): Promise<Negotiation | undefined> {
    const { accountId: account, generation, appId: app, clientId, sealedSecret } = row
    if (!sealedSecret) return undefined
    const clientSecret = await vault.open(sealedSecret, { account, app, column: 'client-secret', generation })
    return negotiate({ clientId, clientSecret })
  }

  async function prove(row: CredentialRow): Promise<void> {
    try {
      const negotiation = await negotiationFor(row)
      if (!negotiation) return
      await withClaimed(db, row, (claimed) => {
        if (negotiation.outcome === 'granted') return settleProven(claimed, negotiation, dependencies)
        if (negotiation.outcome === 'paused') return comeBack(claimed, negotiation, dependencies)
        return postponeProof(claimed, negotiation, dependencies)
      })
    } catch (error) {
      log.error({ err: error, accountId: row.accountId, generation: row.generation }, 'proving credentials failed')
      if (toRefusal(error).reason === 'STORAGE_UNAVAILABLE') unfinished.push(row)
    }
  }

  return {
    /** Proves what is due. @returns whether more may be due */
    async proveDue(): Promise<boolean> {
      await takeUpAgain()
      const due = await claimDueCredentials(db, { limit: atOnce, holdMs, replicaId: replicaId?.() })
      await Promise.all(due.map(prove))
      return due.length === atOnce
    },
    /** Trackunit refuses credentials that worked. */
    park: (key: CredentialKey): Promise<void> => parkCredentials(key, { db, clock }),
  }
}
