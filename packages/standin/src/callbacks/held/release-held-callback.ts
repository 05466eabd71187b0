import { decodeProtectedHeader } from 'jose'
import type { AccountsContext } from '../../accounts/accounts-context.ts'
import { type Actor, record } from '../../audit/record.ts'
import type { Config } from '../../config/config.ts'
import { StandinError } from '../../standin-error.ts'
import { type AppliedCallback, appliedAs } from '../apply-callback.ts'
import { applyAlone } from '../apply-group.ts'
import { bindIdentity, readReleasedIdentity } from '../callback-identity.ts'
import { parseCallback } from '../parse-callback.ts'
import type { VerifiedCallback } from '../verified-callback.ts'
import { deleteHeld, findHeld, type HeldCallback } from './held-callback-store.ts'
import { openHeld } from './hold-callback.ts'

/**
 * Applies a held callback although it broke a rule: the operator vouches for it. Its credentials are proven like any
 * others. If its identity does not name the account, they replace working ones only after an approval.
 *
 * @throws StandinError `NOT_FOUND`; `INPUT_INVALID` while it is unverified; `CALLBACK_MALFORMED` or `IRIS_APP_UNKNOWN`,
 *   which releasing it cannot fix
 */
export async function releaseHeldCallback(
  ctx: AccountsContext,
  { id, actor }: { id: string; actor: Actor },
): Promise<AppliedCallback> {
  const row = await findHeld(ctx.db, id)
  if (!row)
    throw new StandinError('NOT_FOUND', {
      detail: 'There is no held callback with this id. `callbacks held` shows them.',
    })
  if (row.state === 'unverified')
    throw new StandinError('INPUT_INVALID', { detail: 'Its signature is not verified yet. Standin keeps trying.' })

  const verified = readVouchedFor(ctx.config, row, await openHeld(ctx, row))
  const { accountId } = verified.callback.body
  const outcome = await applyAlone(ctx, verified, async (tx) => {
    await deleteHeld(tx.db, row.id)
    await record(tx, { actor, event: 'callback.released', accountId, details: { reason: row.reason } })
  })
  return appliedAs(verified, outcome)
}

/** Its signature was verified before it was sealed; the operator vouches for the rest. */
function readVouchedFor(
  { app, callback: policy }: Config,
  { id, receivedAt }: HeldCallback,
  { jwt, body }: { jwt: string; body: Uint8Array },
): VerifiedCallback {
  const payload = Buffer.from(jwt.split('.')[1] ?? '', 'base64url')
  const identity = readReleasedIdentity({ payload, algorithm: decodeProtectedHeader(jwt).alg ?? '' }, receivedAt)
  const callback = parseCallback(body)
  if (callback.body.irisAppId !== app.id) throw new StandinError('IRIS_APP_UNKNOWN')
  const bound = isBound(() => bindIdentity(identity, callback.body, policy))
  return { callback, identity, identityDigest: `released ${id}`, bound }
}

/** An identity that names another account binds nothing. */
function isBound(bind: () => boolean): boolean {
  try {
    return bind()
  } catch {
    return false
  }
}
