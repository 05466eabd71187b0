import type { CallbackStatus, TrackunitCallback } from '@standin/contracts'
import type { Database, Transaction } from '../database/database.ts'
import { lockInstallation } from '../installations/installation-store.ts'
import { boundOfIdentity } from './bound-of-identity.ts'
import type { Identity } from './callback-identity.ts'
import type { createCallbackKinds, Taken, TakenCallback } from './callback-kinds.ts'
import { contentDigest } from './callback-order.ts'
import { insertCallback, wasTakenBefore } from './callback-store.ts'

/** A callback that is believed: verified, or released by the operator. */
export interface BelievedCallback {
  callback: TrackunitCallback
  identity: Pick<Identity, 'issuedAt' | 'claimNames' | 'algorithm' | 'issuer' | 'audiences'>
  /** Which JWT brought it. */
  identityDigest: string
  /** Whether its identity names the account. */
  bound: boolean
}

/** Commits with the callback, or not at all. */
type Beside = (tx: Transaction) => Promise<void>

export type TakeCallback = (believed: BelievedCallback, beside?: Beside) => Promise<CallbackStatus>

/**
 * Enters a callback into the ledger and lets it take effect, in one transaction. When this returns, it is on disk.
 * @throws StandinError `RATE_LIMITED` or `OVERLOADED` where one JWT, or all unproven ones together, brought too much
 */
export function createTakeCallback({
  db,
  kinds,
}: {
  db: Database
  kinds: ReturnType<typeof createCallbackKinds>
}): TakeCallback {
  return ({ callback, identity, identityDigest, bound }, beside) =>
    db.transaction(async (tx) => {
      const { accountId, irisAppId, type } = callback.body
      const { issuedAt, claimNames, algorithm, issuer, audiences } = identity
      const digest = callbackDigest(callback)
      const installation = await lockInstallation(tx, accountId)
      const takenBefore = await wasTakenBefore(tx, { accountId, contentDigest: digest })
      if (!takenBefore) await boundOfIdentity(tx, { identityDigest, accountId, kind: callback.kind, bound })

      const taken = { issuedAt, contentDigest: digest, bound, takenBefore, installation }
      const { status, generation, sealedBody } = await take(kinds, callback, taken, tx)
      await beside?.(tx)
      // One JWT can be sent any number of times; it does not fill the disk.
      if (takenBefore && (await wasTakenBefore(tx, { accountId, contentDigest: digest, issuedAt }))) return status
      await insertCallback(tx, {
        ...{ accountId, appId: irisAppId, type, contentDigest: digest, issuedAt, outcome: status },
        ...{ generation: generation ?? null, sealedBody: sealedBody ?? null },
        ...{ identityDigest, claimNames, algorithm, issuer, audiences },
      })
      return status
    })
}

/** Recognises what was said, whichever JWT brings it. */
export function callbackDigest({ kind, body }: TrackunitCallback): string {
  if (kind === 'INSTALLED')
    return contentDigest([kind, body.irisAppId, body.accountId, body.clientId, body.clientSecret])
  if (kind === 'UNINSTALLED') return contentDigest([kind, body.irisAppId, body.accountId])
  return contentDigest([kind, JSON.stringify(body)])
}

async function take(
  kinds: ReturnType<typeof createCallbackKinds>,
  callback: TrackunitCallback,
  taken: Omit<TakenCallback<unknown>, 'body'>,
  tx: Transaction,
): Promise<Taken> {
  switch (callback.kind) {
    case 'INSTALLED':
      return kinds.INSTALLED(tx, { ...taken, body: callback.body })
    case 'UNINSTALLED':
      return kinds.UNINSTALLED(tx, { ...taken, body: callback.body })
    case 'unknown':
      return kinds.unknown(tx, { ...taken, body: callback.body })
  }
}
