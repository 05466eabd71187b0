import type {
  CallbackStatus,
  InstalledCallback,
  TrackunitCallback,
  UninstalledCallback,
  UnknownCallback,
} from '@standin/contracts'
import { record } from '../audit/record.ts'
import type { Clock } from '../clock.ts'
import { comparePositions } from '../credentials/credential-order.ts'
import {
  clientServesAnother,
  findSameCredentials,
  insertCredentials,
  listCredentials,
  moveCredentials,
  updateCredentials,
} from '../credentials/credential-store.ts'
import type { Vault } from '../credentials/vault.ts'
import type { Transaction } from '../database/database.ts'
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
    async INSTALLED(tx, { body, issuedAt, contentDigest, bound, installation }: TakenCallback<InstalledCallback>) {
      const { accountId, clientId } = body
      const position = callbackPosition('INSTALLED', issuedAt, contentDigest)
      const rows = await listCredentials(tx, accountId)
      const outdated =
        (installation.uninstalledAt !== null && issuedAt <= installation.uninstalledAt) ||
        rows.some(
          (row) =>
            row.provenAt !== null &&
            row.state === 'active' &&
            row.contentDigest !== contentDigest &&
            comparePositions(row, position) > 0,
        )

      const same = await findSameCredentials(tx, accountId, contentDigest)
      if (same) {
        const newer = comparePositions(same, position) < 0
        if (newer || (bound && !same.bound)) {
          await updateCredentials(tx, same, {
            ...(newer && { issuedAt: position.issuedAt, tieBreak: position.tieBreak }),
            bound: same.bound || bound,
          })
        }
        if (!newer || outdated) return { status: 'duplicate', generation: same.generation }
        const state = await moveCredentials(tx, same, 'sent-again', {
          attempts: 0,
          receivedAt: clock.now(),
          nextAttemptAt: clock.now(),
        })
        if (state === same.state) return { status: 'duplicate', generation: same.generation }
        await record(tx, {
          actor: trackunit,
          event: 'credentials.sent-again',
          accountId,
          generation: same.generation,
          details: { clientId, bound },
        })
        return { status: 'accepted', generation: same.generation }
      }

      const generation = installation.lastGeneration + 1
      const state = outdated
        ? 'superseded'
        : (await clientServesAnother(tx, clientId, accountId))
          ? 'quarantined'
          : 'pending'
      await updateInstallation(tx, accountId, { lastGeneration: generation })
      await insertCredentials(tx, {
        accountId,
        generation,
        appId,
        clientId,
        sealedSecret: await vault.seal(new Secret(body.clientSecret), {
          account: accountId,
          app: appId,
          column: 'client-secret',
          generation,
        }),
        contentDigest,
        state,
        reason: state === 'quarantined' ? 'CREDENTIALS_QUARANTINED' : null,
        ...position,
        bound,
        nextAttemptAt: state === 'pending' ? clock.now() : null,
      })
      await record(tx, {
        actor: trackunit,
        event: `credentials.${state === 'pending' ? 'received' : state}`,
        accountId,
        generation,
        details: { clientId, bound },
      })
      return { status: outdated ? 'superseded' : 'accepted', generation }
    },

    /** Only one whose identity names the account takes effect; any other is a signal, shown and noted. */
    async UNINSTALLED(tx, { body, issuedAt, contentDigest, bound, installation }: TakenCallback<UninstalledCallback>) {
      const { accountId } = body
      const position = callbackPosition('UNINSTALLED', issuedAt, contentDigest)
      if (installation.uninstalledAt && issuedAt <= installation.uninstalledAt) return { status: 'duplicate' }
      const active = (await listCredentials(tx, accountId)).find(
        ({ generation }) => generation === installation.activeGeneration,
      )
      if (active && comparePositions(active, position) > 0) return { status: 'superseded' }
      if (!bound) {
        await updateInstallation(tx, accountId, { uninstallSignalledAt: issuedAt })
        await record(tx, { actor: trackunit, event: 'installation.uninstall-signalled', accountId })
        return { status: 'accepted' }
      }
      await uninstall(tx, { installation, issuedAt, actor: trackunit })
      return { status: 'accepted' }
    },

    /** Kept, sealed, for whoever reads it one day; it does nothing. */
    async unknown(tx, { body, installation }: TakenCallback<UnknownCallback>) {
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
