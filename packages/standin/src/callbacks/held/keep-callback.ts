import { createHash } from 'node:crypto'
import { accountIdSchema, type ErrorReason } from '@standin/contracts'
import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import { Secret } from '../../config/secret.ts'
import type { Database } from '../../database/database.ts'
import type { Vault } from '../../secrets/vault.ts'
import { createAttemptLimiter, networkOf } from '../attempt-limiter.ts'
import { identityDigest } from '../callback-identity.ts'
import { type HeldState, heldBounds } from './held-bounds.ts'
import { type HeldCallback, insertHeld } from './held-callback-store.ts'

/** Rules that a genuine callback can break: because of a setting, of a moment, or of a form that is new to us. */
const rules: readonly ErrorReason[] = [
  ...(['IDENTITY_INVALID', 'IDENTITY_EXPIRED', 'IDENTITY_MISMATCH', 'IRIS_APP_UNKNOWN'] as const),
  ...(['CALLBACK_MALFORMED', 'NOT_FOUND', 'UNSUPPORTED_MEDIA_TYPE', 'RATE_LIMITED', 'OVERLOADED'] as const),
]
export const isRuleOfCallbacks = (reason: ErrorReason): boolean => rules.includes(reason)

export interface KeptCallback {
  state: HeldState
  /** The rule that it broke, or why it could not be verified. */
  reason: ErrorReason
  jwt: string
  body: Uint8Array
  address: string
  receivedAt: Date
}

/** @returns whether it is kept: not when there is no room for it */
export type KeepCallback = (kept: KeptCallback) => Promise<boolean>

interface Dependencies {
  db: Database
  vault: Vault
  clock: Clock
  appId: string
  newId: () => string
}

/** Keeps a callback sealed that serves nobody now and may be genuine: the secret in it may never be sent again. */
export function createKeepCallback({ db, vault, clock, appId, newId }: Dependencies): KeepCallback {
  const limiters = {
    held: createAttemptLimiter(heldBounds.held.perMinute, clock),
    unverified: createAttemptLimiter(heldBounds.unverified.perMinute, clock),
  }
  return async ({ state, reason, jwt, body, address, receivedAt }) => {
    if (!limiters[state].allows(address)) return false
    const id = newId()
    const content = new Secret(JSON.stringify({ jwt, body: Buffer.from(body).toString('base64url') }))
    return insertHeld(
      db,
      {
        ...{ id, state, reason, address: networkOf(address).slice(0, 100), receivedAt },
        identityDigest: identityDigest(jwt),
        contentDigest: createHash('sha256').update(body).digest('base64url'),
        accountId: accountNamedIn(body),
        sealed: await vault.seal(content, bindingOf(id, appId)),
      },
      heldBounds[state],
    )
  }
}

const contentSchema = z.object({ jwt: z.string(), body: z.string() })

/** @throws StandinError `INTERNAL` when it does not open */
export async function openHeld(
  vault: Vault,
  { id, sealed }: Pick<HeldCallback, 'id' | 'sealed'>,
  appId: string,
): Promise<{ jwt: string; body: Uint8Array }> {
  const opened = await vault.open(sealed, bindingOf(id, appId))
  const { jwt, body } = contentSchema.parse(JSON.parse(opened.reveal()))
  return { jwt, body: Buffer.from(body, 'base64url') }
}

/** A row of its own is what it belongs to: whose account it is, nobody has proven. */
const bindingOf = (id: string, app: string) => ({ account: id, app, column: 'held-callback', generation: 0 }) as const

/** So that an operator finds it; nobody vouches for it. */
function accountNamedIn(body: Uint8Array): string | null {
  try {
    const { accountId } = JSON.parse(Buffer.from(body).toString()) as { accountId?: unknown }
    return accountIdSchema.safeParse(accountId).data ?? null
  } catch {
    return null
  }
}
