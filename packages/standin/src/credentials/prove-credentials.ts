import { type Actor, record } from '../audit/record.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import { lockInstallation, updateInstallation } from '../installations/installation-store.ts'
import type { Logger } from '../observability/logger.ts'
import type { Secret } from '../observability/secret.ts'
import { failurePolicy, pauseAfter } from '../tokens/failure-policy.ts'
import type { Negotiation } from '../tokens/negotiate-scopes.ts'
import { comparePositions } from './credential-order.ts'
import {
  type CredentialKey,
  type CredentialRow,
  claimDueCredentials,
  clientServesAnother,
  isToBeProven,
  listCredentials,
  lockClient,
  moveCredentials,
  updateCredentials,
} from './credential-store.ts'
import type { Vault } from './vault.ts'

export interface ProvingPolicy {
  reinstallPolicy: 'approve' | 'automatic'
  accountClaim: string | undefined
  /** New credentials may not work at once: `invalid_client` counts only after this long. */
  patienceMs: number
}

interface Dependencies {
  db: Database
  vault: Vault
  clock: Clock
  log: Logger
  negotiate: (credentials: { clientId: string; clientSecret: Secret }) => Promise<Negotiation>
  policy: ProvingPolicy
}

const holdMs = 120_000
const atOnce = 8
const parkedProbeMs = 900_000
const prover: Actor = { kind: 'system', id: 'prover' }

/**
 * Proves new credentials in the background by a first exchange, and probes parked ones. Those in force serve until the
 * new ones were seen to work.
 */
export function createProveCredentials({ db, vault, clock, log, negotiate, policy }: Dependencies) {
  /** Proves what is due. @returns whether more may be due */
  async function proveDue(): Promise<boolean> {
    const due = await claimDueCredentials(db, { limit: atOnce, holdMs })
    await Promise.all(due.map(prove))
    return due.length === atOnce
  }

  async function prove(row: CredentialRow): Promise<void> {
    try {
      const { accountId, generation, appId, clientId, sealedSecret } = row
      if (!sealedSecret) return
      const clientSecret = await vault.open(sealedSecret, {
        account: accountId,
        app: appId,
        column: 'client-secret',
        generation,
      })
      const negotiation = await negotiate({ clientId, clientSecret })
      if (negotiation.outcome === 'granted') await settle(row, negotiation)
      else await postpone(row, negotiation)
    } catch (error) {
      log.error({ err: error, accountId: row.accountId, generation: row.generation }, 'proving credentials failed')
    }
  }

  /** They work: decides, with the account locked, whether they come into force. */
  async function settle(
    key: CredentialKey,
    { granted, token }: Extract<Negotiation, { outcome: 'granted' }>,
  ): Promise<void> {
    const { accountId } = key
    await db.transaction(async (tx) => {
      const installation = await lockInstallation(tx, accountId)
      const rows = await listCredentials(tx, accountId)
      const row = rows.find(({ generation }) => generation === key.generation)
      if (!row || !isToBeProven(row)) return // Decided meanwhile: by another replica, newer credentials, an uninstall.
      const details = { scopes: granted.scopes, clientId: row.clientId }
      const said = { actor: prover, accountId, generation: row.generation, details }
      const proven = { provenAt: clock.now(), grantedScopes: [...granted.scopes], nextAttemptAt: null, attempts: 0 }

      const namesAnother =
        policy.accountClaim !== undefined && token !== undefined && !names(accountId, token.claims[policy.accountClaim])
      await lockClient(tx, row.clientId)
      if (namesAnother || (await clientServesAnother(tx, row.clientId, accountId))) {
        await moveCredentials(tx, row, 'foreign', { reason: 'CREDENTIALS_QUARANTINED', nextAttemptAt: null })
        await record(tx, { ...said, event: 'credentials.quarantined' })
        return
      }
      const inForce = rows.find(({ generation }) => generation === installation.activeGeneration)
      if (inForce && inForce.generation !== row.generation && comparePositions(inForce, row) > 0) {
        await moveCredentials(tx, row, 'outdated', proven)
        await record(tx, { ...said, event: 'credentials.superseded' })
        return
      }
      const namedByToken = policy.accountClaim !== undefined && token !== undefined
      const trusted =
        row.bound ||
        namedByToken ||
        !inForce ||
        inForce.generation === row.generation ||
        policy.reinstallPolicy === 'automatic'
      if (!trusted) {
        await moveCredentials(tx, row, 'proven-unbound', { ...proven, reason: 'CREDENTIALS_AWAITING_APPROVAL' })
        await record(tx, { ...said, event: 'credentials.awaiting-approval' })
        return
      }
      if (inForce && inForce !== row) await moveCredentials(tx, inForce, 'outdated', { nextAttemptAt: null })
      await moveCredentials(tx, row, 'proven', proven)
      // What is older than the ones in force is history.
      for (const other of rows) {
        if (other !== row && other !== inForce && comparePositions(row, other) > 0)
          await moveCredentials(tx, other, 'outdated', { nextAttemptAt: null })
      }
      const { uninstallSignalledAt: signalledAt } = installation
      await updateInstallation(tx, accountId, {
        activeGeneration: row.generation,
        // A signal that is newer than what came into force may be about it.
        uninstallSignalledAt: signalledAt && signalledAt >= row.issuedAt ? signalledAt : null,
      })
      await record(tx, { ...said, event: 'credentials.proven' })
    })
  }

  /** They do not work, or it cannot be told: tried again later, or given up as refused. */
  async function postpone(
    key: CredentialKey,
    { failure, retryAfterMs }: Extract<Negotiation, { outcome: 'failed' }>,
  ): Promise<void> {
    await db.transaction(async (tx) => {
      await lockInstallation(tx, key.accountId)
      const row = (await listCredentials(tx, key.accountId)).find(({ generation }) => generation === key.generation)
      if (!row || !isToBeProven(row)) return // Decided meanwhile.
      const patient = clock.now().getTime() - row.receivedAt.getTime() < policy.patienceMs
      if (failurePolicy[failure].refusesCredentials && !patient && row.state !== 'parked') {
        await moveCredentials(tx, row, 'refused', { reason: 'CREDENTIALS_REJECTED', nextAttemptAt: null })
        await record(tx, {
          actor: prover,
          event: 'credentials.rejected',
          accountId: row.accountId,
          generation: row.generation,
        })
        return
      }
      const pauseMs = pauseAfter(failure, row.attempts, retryAfterMs)
      const isParked = row.state === 'parked'
      await updateCredentials(tx, row, {
        nextAttemptAt: new Date(clock.now().getTime() + (isParked ? Math.max(parkedProbeMs, pauseMs) : pauseMs)),
        ...(!isParked && { reason: failurePolicy[failure].reason }), // Parked ones are refused, whatever a probe met.
      })
    })
  }

  /** Trackunit refuses credentials that worked: callers are told at once, and they are probed slowly. */
  async function park(key: CredentialKey): Promise<void> {
    await db.transaction(async (tx) => {
      await lockInstallation(tx, key.accountId)
      const row = (await listCredentials(tx, key.accountId)).find(({ generation }) => generation === key.generation)
      if (row?.state !== 'active') return
      await moveCredentials(tx, row, 'refused', {
        reason: 'CREDENTIALS_REJECTED',
        nextAttemptAt: new Date(clock.now().getTime() + parkedProbeMs),
      })
      await updateInstallation(tx, row.accountId, {})
      await record(tx, {
        actor: prover,
        event: 'credentials.parked',
        accountId: row.accountId,
        generation: row.generation,
      })
    })
  }

  return { proveDue, park }
}

/** Whether a token's claim is this account, in whatever case its GUID is written. */
const names = (accountId: string, claim: unknown) => typeof claim === 'string' && claim.toLowerCase() === accountId
