import type { CallbackStatus } from '@standin/contracts'
import { decodeProtectedHeader } from 'jose'
import { type Actor, record } from '../../audit/record.ts'
import type { Database } from '../../database/database.ts'
import type { Vault } from '../../secrets/vault.ts'
import { StandinError } from '../../standin-error.ts'
import type { TakeCallback } from '../apply-callback.ts'
import { bindIdentity, type IdentityPolicy, readReleasedIdentity } from '../callback-identity.ts'
import { parseCallback } from '../parse-callback.ts'
import { deleteHeld, findHeld } from './held-callback-store.ts'
import { openHeld } from './keep-callback.ts'

interface Dependencies {
  db: Database
  vault: Vault
  take: TakeCallback
  policy: IdentityPolicy
}

/**
 * Lets a held callback take effect that broke a rule: the operator vouches for it. Its credentials are proven like any
 * others, and never displace working ones without approval where nothing binds them to their account.
 *
 * @throws StandinError `NOT_FOUND`; `INPUT_INVALID` when nobody could verify it yet; `CALLBACK_MALFORMED` or
 *   `IRIS_APP_UNKNOWN` for what no operator can heal but by a setting
 */
export function createReleaseCallback({ db, vault, take, policy }: Dependencies) {
  return async (id: string, actor: Actor): Promise<{ status: CallbackStatus; accountId: string }> => {
    const row = await findHeld(db, id)
    if (!row) throw new StandinError('NOT_FOUND')
    if (row.state === 'unverified')
      throw new StandinError('INPUT_INVALID', { detail: 'Nobody knows yet who signed it. It is verified by itself.' })

    const { jwt, body } = await openHeld(vault, row, policy.appId)
    // Its signature was verified before it was sealed.
    const payload = Buffer.from(jwt.split('.')[1] ?? '', 'base64url')
    const identity = readReleasedIdentity({ payload, algorithm: decodeProtectedHeader(jwt).alg ?? '' }, row.receivedAt)
    const callback = parseCallback(body)
    const { accountId, irisAppId } = callback.body
    if (irisAppId !== policy.appId) throw new StandinError('IRIS_APP_UNKNOWN')
    const bound = isBound(() => bindIdentity(identity, callback.body, policy))

    const believed = { callback, identity, identityDigest: `released ${row.id}`, bound }
    const status = await take(believed, async (tx) => {
      await deleteHeld(tx, row.id)
      await record(tx, { actor, event: 'callback.released', accountId, details: { reason: row.reason } })
    })
    return { status, accountId }
  }
}

/** One that names somebody else binds nothing. */
function isBound(bind: () => boolean): boolean {
  try {
    return bind()
  } catch {
    return false
  }
}
