import type { CallbackStatus, TrackunitCallback } from '@standin/contracts'
import { record } from '../audit/record.ts'
import type { Clock } from '../clock.ts'
import { comparePositions, type Position } from '../credentials/credential-order.ts'
import {
  clientServesAnother,
  insertCredentials,
  listCredentials,
  moveCredentials,
  probeCredentials,
  updateCredentials,
} from '../credentials/credential-store.ts'
import type { Vault } from '../credentials/vault.ts'
import type { Transaction } from '../database/database.ts'
import { recordInstallationEvent } from '../installations/installation-event-store.ts'
import { type InstallationRow, updateInstallation } from '../installations/installation-store.ts'
import type { Uninstall } from '../installations/uninstall.ts'
import { Secret } from '../observability/secret.ts'
import { callbackPosition } from './callback-order.ts'

/** A verified callback, its account's row locked. */
export interface TakenCallback<Body> {
  body: Body
  issuedAt: Date
  contentDigest: string
  /** Whether its identity names the account. */
  bound: boolean
  /** Whether the same was said before. */
  takenBefore: boolean
  installation: InstallationRow
}

export interface Taken {
  status: CallbackStatus
  generation?: number
  sealedBody?: string
}

type Kinds = {
  [Kind in TrackunitCallback['kind']]: (
    tx: Transaction,
    callback: TakenCallback<Extract<TrackunitCallback, { kind: Kind }>['body']>,
  ) => Promise<Taken>
}

const trackunit = { kind: 'trackunit', id: 'callback' } as const

/** What each type of callback does, inside the transaction in which it enters the ledger. A type without an entry does not compile. */
export function createCallbackKinds({
  vault,
  clock,
  appId,
  uninstall,
}: {
  vault: Vault
  clock: Clock
  appId: string
  uninstall: Uninstall
}): Kinds {
  return {
    /** New credentials never replace those in force here: they are stored as pending, and proven in the background. */
    async INSTALLED(tx, { body, issuedAt, contentDigest, bound, takenBefore, installation }) {
      const { accountId, clientId } = body
      const position = callbackPosition('INSTALLED', issuedAt, contentDigest)
      const rows = await listCredentials(tx, accountId)
      const isOutdated = (at: Position) =>
        rows.some(
          (row) => row.state === 'active' && row.contentDigest !== contentDigest && comparePositions(row, at) > 0,
        )
      const said = { actor: trackunit, accountId, details: { clientId, bound } }

      const same = rows.find((row) => row.contentDigest === contentDigest)
      if (same) {
        const isNewer = comparePositions(same, position) < 0
        const bindsNow = bound && !same.bound
        const { generation } = same
        const newest = isNewer ? position : { issuedAt: same.issuedAt, tieBreak: same.tieBreak }
        if (isNewer || bindsNow) await updateCredentials(tx, same, { ...newest, bound: same.bound || bound })

        const decidesAnew = same.state === 'awaiting-approval' ? bindsNow : isNewer
        if (!decidesAnew || isOutdated(newest)) return { status: 'duplicate', generation }
        // Parked ones are probed anyway; now there is a reason to do so at once.
        if (same.state !== 'parked' && !(await moveCredentials(tx, same, 'sent-again')))
          return { status: 'duplicate', generation }
        await updateCredentials(tx, same, { attempts: 0, receivedAt: clock.now(), nextAttemptAt: clock.now() })
        await record(tx, { ...said, event: 'credentials.sent-again', generation })
        return { status: 'accepted', generation }
      }

      const isOfEarlierInstallation = installation.uninstalledAt !== null && issuedAt <= installation.uninstalledAt
      if (isOfEarlierInstallation && takenBefore) return { status: 'duplicate' }
      const generation = installation.lastGeneration + 1
      await updateInstallation(tx, accountId, { lastGeneration: generation })
      const row = { accountId, generation, appId, clientId, ...position, bound, receivedAt: clock.now() }
      if (isOfEarlierInstallation) {
        // As if it had come in time: the uninstall would have erased it.
        await insertCredentials(tx, { ...row, state: 'uninstalled' })
        await record(tx, { ...said, event: 'credentials.uninstalled', generation })
        return { status: 'superseded', generation }
      }

      const state = isOutdated(position)
        ? 'superseded'
        : (await clientServesAnother(tx, clientId, accountId))
          ? 'quarantined'
          : 'pending'
      const binding = { account: accountId, app: appId, column: 'client-secret', generation } as const
      await insertCredentials(tx, {
        ...row,
        sealedSecret: await vault.seal(new Secret(body.clientSecret), binding),
        contentDigest,
        state,
        reason: state === 'quarantined' ? 'CREDENTIALS_QUARANTINED' : null,
        nextAttemptAt: state === 'pending' ? clock.now() : null,
      })
      if (state === 'pending') await recordInstallationEvent(tx, { accountId, type: 'installed' })
      await record(tx, { ...said, event: `credentials.${state === 'pending' ? 'received' : state}`, generation })
      return { status: state === 'superseded' ? 'superseded' : 'accepted', generation }
    },

    /** Only one whose identity names the account takes effect; any other is a signal: it is shown, and what is in force is probed. */
    async UNINSTALLED(tx, { body, issuedAt, contentDigest, bound, installation }) {
      const { accountId } = body
      const { uninstalledAt, uninstallSignalledAt, uninstallDismissedAt, activeGeneration } = installation
      if (uninstalledAt && issuedAt <= uninstalledAt) return { status: 'duplicate' }
      const position = callbackPosition('UNINSTALLED', issuedAt, contentDigest)
      const active = (await listCredentials(tx, accountId)).find(({ generation }) => generation === activeGeneration)
      const isSuperseded = active !== undefined && comparePositions(active, position) > 0
      if (bound) {
        await uninstall(tx, { installation, issuedAt, actor: trackunit })
        return { status: isSuperseded ? 'superseded' : 'accepted' }
      }
      if (isSuperseded) return { status: 'superseded' }
      const isKnown = [uninstallSignalledAt, uninstallDismissedAt].some((at) => at && issuedAt <= at)
      if (isKnown) return { status: 'duplicate' }
      await updateInstallation(tx, accountId, { uninstallSignalledAt: issuedAt })
      if (active) await probeCredentials(tx, active, clock.now())
      await record(tx, { actor: trackunit, event: 'installation.uninstall-signalled', accountId })
      return { status: 'accepted' }
    },

    /** Kept, sealed, for whoever reads it one day; it does nothing. */
    async unknown(tx, { body, takenBefore, installation }) {
      if (takenBefore) return { status: 'ignored' }
      const { accountId } = body
      const binding = {
        account: accountId,
        app: appId,
        column: 'callback-body',
        generation: installation.lastGeneration,
      } as const
      await record(tx, { actor: trackunit, event: 'callback.ignored', accountId })
      return {
        status: 'ignored',
        generation: installation.lastGeneration,
        sealedBody: await vault.seal(new Secret(JSON.stringify(body)), binding),
      }
    },
  }
}
