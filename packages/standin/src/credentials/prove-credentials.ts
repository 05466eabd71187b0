import { type Actor, record } from '../audit/record.ts'
import type { Clock } from '../clock.ts'
import type { Database, Transaction } from '../database/database.ts'
import { recordInstallationEvent } from '../installations/installation-event-store.ts'
import { lockInstallation, updateInstallation } from '../installations/installation-store.ts'
import type { Uninstall } from '../installations/uninstall.ts'
import type { Logger } from '../observability/logger.ts'
import type { Secret } from '../observability/secret.ts'
import { toRefusal } from '../refusal.ts'
import { failurePolicy, pauseAfter } from '../tokens/failure-policy.ts'
import type { Negotiation } from '../tokens/negotiate-scopes.ts'
import { bringIntoForce, type LockedAccount } from './bring-into-force.ts'
import { comparePositions } from './credential-order.ts'
import {
  type CredentialKey,
  type CredentialRow,
  claimDueCredentials,
  clientServesAnother,
  listCredentials,
  lockClient,
  moveCredentials,
  probeCredentials,
  updateCredentials,
} from './credential-store.ts'
import { isInForce } from './credentials-in-force.ts'
import { doubtAbout, refusalsToBelieve, settleDoubt } from './doubt.ts'
import type { Vault } from './vault.ts'

export interface ProvingPolicy {
  reinstallPolicy: 'approve' | 'automatic'
  accountClaim: string | undefined
  /** New credentials may not work at once: `invalid_client` counts only after this long. */
  patienceMs: number
  /** Credentials that served and are refused for this long are taken for uninstalled. */
  abandonedAfterMs: number
}

interface Dependencies {
  db: Database
  vault: Vault
  clock: Clock
  log: Logger
  /** Makes a signalled uninstall effective when the credentials in force turn out to have ended. */
  uninstall: Uninstall
  negotiate: (credentials: { clientId: string; clientSecret: Secret }) => Promise<Negotiation>
  policy: ProvingPolicy
  /** Who this process is among the others; undefined while it is nobody. */
  replicaId?: () => number | undefined
}

/** Longer than an exchange that is given up; then whoever died, or lost the database, while proving is followed by another. */
const holdMs = 12_000
const atOnce = 8
const parkedProbeMs = 900_000
const pausedProbeMs = 10_000
const undecidedProbeMs = 60_000
const prover: Actor = { kind: 'system', id: 'prover' }

/**
 * Proves new credentials in the background by a first exchange, and probes those in force that are parked or in doubt.
 * Those in force serve until new ones were seen to work.
 */
export function createProveCredentials({
  db,
  vault,
  clock,
  log,
  uninstall,
  negotiate,
  policy,
  replicaId,
}: Dependencies) {
  /** Proves what is due. @returns whether more may be due */
  async function proveDue(): Promise<boolean> {
    await takeUpAgain()
    const due = await claimDueCredentials(db, { limit: atOnce, holdMs, replicaId: replicaId?.() })
    await Promise.all(due.map(prove))
    return due.length === atOnce
  }

  /** What the database was lost over: nobody has to wait for its hold to run out. */
  const unfinished: CredentialRow[] = []

  async function takeUpAgain(): Promise<void> {
    const again = unfinished.slice()
    // Each by itself: whoever takes callbacks locks credentials of several accounts, in another order.
    for (const { claimedBy, ...key } of again)
      await db.transaction((tx) => updateCredentials(tx, key, { nextAttemptAt: clock.now(), claimedBy })) // Still unfinished.
    unfinished.splice(0, again.length)
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
      else if (negotiation.outcome === 'paused') await comeBack(row, negotiation)
      else await postpone(row, negotiation)
    } catch (error) {
      log.error({ err: error, accountId: row.accountId, generation: row.generation }, 'proving credentials failed')
      if (toRefusal(error).reason === 'STORAGE_UNAVAILABLE') unfinished.push(row)
    }
  }

  /** They work: decides, with the account locked, whether they come into force. */
  async function settle(
    claimed: CredentialRow,
    { granted, missingFromPlan, token }: Extract<Negotiation, { outcome: 'granted' }>,
  ): Promise<void> {
    const { accountId } = claimed
    await db.transaction(async (tx) => {
      const installation = await lockInstallation(tx, accountId)
      const rows = await listCredentials(tx, accountId)
      const row = sameState(claimed, rows)
      if (!row) return
      if (row.state === 'active') return updateCredentials(tx, row, { attempts: 0, nextAttemptAt: null })
      const details = { scopes: granted.scopes, clientId: row.clientId }
      const said = { actor: prover, accountId, generation: row.generation, details }
      const found = { grantedScopes: [...granted.scopes], missingFromPlan: [...missingFromPlan] }
      const proven = { provenAt: clock.now(), ...found, nextAttemptAt: null, attempts: 0 }

      const namesAnother =
        policy.accountClaim !== undefined && token !== undefined && !names(accountId, token.claims[policy.accountClaim])
      await lockClient(tx, row.clientId)
      // Where they served before, it is the other account's that were released.
      const isNew = row.provenAt === null && row.releasedAt === null
      const isForeign = isNew && (await clientServesAnother(tx, row.clientId, accountId))
      if (namesAnother || isForeign) {
        const reason = 'CREDENTIALS_QUARANTINED'
        if (await moveCredentials(tx, row, 'foreign', { reason, nextAttemptAt: null }))
          return record(tx, { ...said, event: 'credentials.quarantined' })
        return updateCredentials(tx, row, { reason, nextAttemptAt: inMs(parkedProbeMs) }) // Parked ones stay so.
      }
      const inForce = rows.find(({ generation }) => generation === installation.activeGeneration)
      if (inForce && inForce !== row && comparePositions(inForce, row) > 0) {
        await moveCredentials(tx, row, 'outdated', proven)
        await record(tx, { ...said, event: 'credentials.superseded' })
        return
      }
      const namedByToken = policy.accountClaim !== undefined && token !== undefined
      const trusted = row.bound || namedByToken || policy.reinstallPolicy === 'automatic'
      const isFirst = inForce === undefined && !trusted
      if (isFirst && rows.some(({ state, bound }) => state === 'pending' && bound))
        return updateCredentials(tx, row, { nextAttemptAt: inMs(undecidedProbeMs) }) // The account's own come first.
      if (!trusted && inForce && inForce !== row) {
        await moveCredentials(tx, row, 'proven-unbound', { ...proven, reason: 'CREDENTIALS_AWAITING_APPROVAL' })
        await record(tx, { ...said, event: 'credentials.awaiting-approval' })
        return probeCredentials(tx, inForce, clock.now()) // Whether the old ones still work decides.
      }
      await bringIntoForce(tx, row, { event: 'proven', change: proven, account: { installation, rows } })
      await record(tx, { ...said, event: 'credentials.proven' })
    })
  }

  /** Trackunit's sign-in is down for all, and was not asked: no attempt. */
  async function comeBack(claimed: CredentialRow, { retryAfterMs }: { retryAfterMs: number }): Promise<void> {
    await db.transaction(async (tx) => {
      await lockInstallation(tx, claimed.accountId)
      const row = sameState(claimed, await listCredentials(tx, claimed.accountId))
      if (!row) return
      const change = { attempts: row.attempts - 1, nextAttemptAt: inMs(Math.max(retryAfterMs, pausedProbeMs)) }
      const told = row.state === 'pending' && ({ reason: 'TRACKUNIT_UNAVAILABLE' } as const)
      await updateCredentials(tx, row, { ...change, ...told })
    })
  }

  /** They do not work, or it cannot be told: tried again later, or given up as refused. */
  async function postpone(claimed: CredentialRow, failed: Extract<Negotiation, { outcome: 'failed' }>): Promise<void> {
    const { failure, retryAfterMs } = failed
    await db.transaction(async (tx) => {
      const installation = await lockInstallation(tx, claimed.accountId)
      const rows = await listCredentials(tx, claimed.accountId)
      const row = sameState(claimed, rows)
      if (!row) return
      if (isInForce(row)) return postponeInForce(tx, row, { ...failed, installation, rows })

      const patient = clock.now().getTime() - row.receivedAt.getTime() < policy.patienceMs
      if (failurePolicy[failure].refusesCredentials && !patient) {
        const { accountId, generation } = row
        await moveCredentials(tx, row, 'refused', { reason: 'CREDENTIALS_REJECTED', nextAttemptAt: null })
        await record(tx, { actor: prover, event: 'credentials.rejected', accountId, generation })
        return
      }
      await updateCredentials(tx, row, {
        nextAttemptAt: inMs(pauseAfter(failure, row.attempts, retryAfterMs)),
        reason: failurePolicy[failure].reason,
      })
    })
  }

  /** A probe did not succeed. Refused often enough, it settles what waited for that; an outage says nothing. */
  async function postponeInForce(
    tx: Transaction,
    row: CredentialRow,
    { failure, retryAfterMs = 0, ...account }: Extract<Negotiation, { outcome: 'failed' }> & LockedAccount,
  ): Promise<void> {
    const isRefused = failurePolicy[failure].refusesCredentials
    const doubt = doubtAbout(row, account)
    if (isRefused && doubt && row.attempts >= refusalsToBelieve) {
      return settleDoubt(tx, doubt, { account, uninstall, actor: prover })
    }
    const refusedForMs = row.state === 'parked' ? clock.now().getTime() - row.since.getTime() : 0
    if (isRefused && row.attempts >= refusalsToBelieve && refusedForMs >= policy.abandonedAfterMs) {
      return uninstall(tx, { installation: account.installation, issuedAt: row.issuedAt, actor: prover })
    }
    if (isRefused && row.state === 'active') await parkActive(tx, row)
    const pauseMs = isRefused && doubt ? pauseAfter(failure, row.attempts) : doubt ? undecidedProbeMs : parkedProbeMs
    const isDone = row.state === 'active' && !isRefused && !doubt
    await updateCredentials(tx, row, {
      nextAttemptAt: isDone ? null : inMs(Math.max(pauseMs, retryAfterMs)),
      ...(!isRefused && { attempts: 0 }), // Only refusals in a row count.
    })
  }

  async function parkActive(tx: Transaction, row: CredentialRow): Promise<void> {
    const { accountId, generation } = row
    await moveCredentials(tx, row, 'refused', { reason: 'CREDENTIALS_REJECTED', nextAttemptAt: inMs(parkedProbeMs) })
    await updateInstallation(tx, accountId, {})
    await recordInstallationEvent(tx, { accountId, type: 'parked' })
    await record(tx, { actor: prover, event: 'credentials.parked', accountId, generation })
  }

  /** Trackunit refuses credentials that worked: callers are told at once, and they are probed slowly. */
  async function park(key: CredentialKey): Promise<void> {
    await db.transaction(async (tx) => {
      await lockInstallation(tx, key.accountId)
      const row = (await listCredentials(tx, key.accountId)).find(({ generation }) => generation === key.generation)
      if (row?.state === 'active') await parkActive(tx, row)
    })
  }

  const inMs = (ms: number) => new Date(clock.now().getTime() + ms)

  return { proveDue, park }
}

/** The claimed row as it is now, or undefined: another replica, newer credentials or an uninstall decided meanwhile. */
const sameState = ({ generation, state }: CredentialRow, rows: readonly CredentialRow[]) =>
  rows.find((row) => row.generation === generation && row.state === state)

/** Whether a token's claim is this account, in whatever case its GUID is written. */
const names = (accountId: string, claim: unknown) => typeof claim === 'string' && claim.toLowerCase() === accountId
