import {
  type CallbackStatus,
  installedCallbackSchema,
  type TrackunitCallback,
  uninstalledCallbackSchema,
  unknownCallbackSchema,
} from '@standin/contracts'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import { lockInstallation } from '../installations/installation-store.ts'
import { StandinError } from '../standin-error.ts'
import { bindIdentity, type IdentityPolicy, verifyIdentity } from './callback-identity.ts'
import type { createCallbackKinds, Taken, TakenCallback } from './callback-kinds.ts'
import { contentDigest } from './callback-order.ts'
import { insertCallback, wasTakenBefore } from './callback-store.ts'
import type { KeySet } from './key-set.ts'

export interface ReceivedCallback {
  /** The header `Trackunit-Identity`. */
  identity: string | undefined
  /** The parsed JSON body. */
  body: unknown
  /** On the monotonic clock: an unknown key id is refused only when the keys were fetched after this. */
  arrivedAtMs: number
}

export type ReceiveCallback = (received: ReceivedCallback) => Promise<{ status: CallbackStatus; accountId: string }>

interface Dependencies {
  db: Database
  keys: KeySet
  clock: Clock
  kinds: ReturnType<typeof createCallbackKinds>
  policy: IdentityPolicy
}

/**
 * Takes a callback: proves who sent it, that it is about its own account and about this app, and commits it.
 * When this returns, the callback is on disk.
 */
export function createReceiveCallback({ db, keys, clock, kinds, policy }: Dependencies): ReceiveCallback {
  return async ({ identity: jwt, body, arrivedAtMs }) => {
    if (!jwt) throw new StandinError('IDENTITY_MISSING')
    const identity = await verifyIdentity(jwt, arrivedAtMs, { keys, clock, policy })
    const callback = parseCallback(body)
    const { accountId, irisAppId } = callback.body
    const bound = bindIdentity(identity, callback.body, policy)
    if (irisAppId !== policy.appId) throw new StandinError('IRIS_APP_UNKNOWN')

    const digest = callbackDigest(callback)
    if (identity.expired) {
      // A redelivery of what is stored is answered as such however late it comes; nothing else is believed by then.
      if (await wasTakenBefore(db, { accountId, contentDigest: digest })) return { status: 'duplicate', accountId }
      throw new StandinError('IDENTITY_EXPIRED')
    }

    return db.transaction(async (tx) => {
      const installation = await lockInstallation(tx, accountId)
      const { issuedAt } = identity
      const takenBefore = await wasTakenBefore(tx, { accountId, contentDigest: digest })
      const taken = { issuedAt, contentDigest: digest, bound, takenBefore, installation }
      const { status, generation, sealedBody } = await take(kinds, callback, taken, tx)
      // One JWT can be sent any number of times; it does not fill the disk.
      if (takenBefore && (await wasTakenBefore(tx, { accountId, contentDigest: digest, issuedAt })))
        return { status, accountId }
      await insertCallback(tx, {
        accountId,
        appId: irisAppId,
        type: callback.body.type,
        contentDigest: digest,
        issuedAt,
        outcome: status,
        generation: generation ?? null,
        sealedBody: sealedBody ?? null,
        claimNames: identity.claimNames,
      })
      return { status, accountId }
    })
  }
}

/** The callback by its kind. @throws StandinError `CALLBACK_MALFORMED` naming the fields that are wrong, never their values */
function parseCallback(body: unknown): TrackunitCallback {
  const common = unknownCallbackSchema.safeParse(body)
  const kind = common.success ? common.data.type : undefined
  if (kind === 'INSTALLED') return { kind, body: parsed(installedCallbackSchema.safeParse(body)) }
  if (kind === 'UNINSTALLED') return { kind, body: parsed(uninstalledCallbackSchema.safeParse(body)) }
  return { kind: 'unknown', body: parsed(common) }
}

function parsed<Body>(
  result: { success: true; data: Body } | { success: false; error: { issues: { path: PropertyKey[] }[] } },
): Body {
  if (result.success) return result.data
  const known = ['type', 'irisAppId', 'accountId', 'clientId', 'clientSecret']
  const wrong = new Set(result.error.issues.map(({ path }) => String(path[0])).filter((name) => known.includes(name)))
  throw new StandinError(
    'CALLBACK_MALFORMED',
    wrong.size > 0 ? { detail: `Missing or wrong: ${[...wrong].join(', ')}.` } : {},
  )
}

function callbackDigest({ kind, body }: TrackunitCallback): string {
  if (kind === 'INSTALLED')
    return contentDigest([kind, body.irisAppId, body.accountId, body.clientId, body.clientSecret])
  if (kind === 'UNINSTALLED') return contentDigest([kind, body.irisAppId, body.accountId])
  return contentDigest([kind, JSON.stringify(body)])
}

async function take(
  kinds: Dependencies['kinds'],
  callback: TrackunitCallback,
  taken: Omit<TakenCallback<unknown>, 'body'>,
  tx: Parameters<Dependencies['kinds']['unknown']>[0],
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
