import { createHash, randomUUID } from 'node:crypto'
import { accountIdSchema, type ErrorReason } from '@standin/contracts'
import { z } from 'zod'
import { networkOf } from '../../access/network-of.ts'
import { Secret } from '../../config/secret.ts'
import type { Context } from '../../context.ts'
import { StandinError } from '../../standin-error.ts'
import { identityDigest } from '../callback-identity.ts'
import type { CallbacksContext } from '../callbacks-context.ts'
import { type HeldCallback, insertHeld } from './held-callback-store.ts'
import { type HeldState, heldLimits } from './held-limits.ts'

/** Rules that a genuine callback can break: because of a setting, its timing, or a format that is new to Standin. */
const rules: readonly ErrorReason[] = [
  'IDENTITY_INVALID',
  'IDENTITY_EXPIRED',
  'IDENTITY_MISMATCH',
  'IRIS_APP_UNKNOWN',
  'CALLBACK_MALFORMED',
  'NOT_FOUND',
  'UNSUPPORTED_MEDIA_TYPE',
  'RATE_LIMITED',
  'OVERLOADED',
]

/** Whether a callback with a valid signature may be genuine although it was refused with this error. */
export const mayBeGenuine = (error: unknown): error is StandinError =>
  error instanceof StandinError && rules.includes(error.reason)

export interface RefusedCallback {
  state: HeldState
  /** The rule that it broke, or why it could not be verified. */
  reason: ErrorReason
  jwt: string
  body: Uint8Array
  address: string
  receivedAt: Date
}

/**
 * Stores a refused callback, sealed: it may be genuine, and Trackunit may never send its secret again.
 * @returns false when there is no room for it
 */
export async function holdCallback(
  ctx: Pick<CallbacksContext, 'db' | 'vault' | 'config' | 'callbacks'>,
  { state, reason, jwt, body, address, receivedAt }: RefusedCallback,
): Promise<boolean> {
  if (!(await ctx.callbacks.holdLimiters[state].allows(address))) return false
  const id = randomUUID()
  const original = new Secret(JSON.stringify({ jwt, body: Buffer.from(body).toString('base64url') }))
  const row = {
    id,
    state,
    reason,
    receivedAt,
    address: networkOf(address).slice(0, 100),
    identityDigest: identityDigest(jwt),
    contentDigest: createHash('sha256').update(body).digest('base64url'),
    accountId: accountNamedIn(body),
    sealed: await ctx.vault.seal(original, bindingOf(ctx, id)),
  }
  return insertHeld(ctx.db, row, heldLimits[state])
}

const originalSchema = z.object({ jwt: z.string(), body: z.string() })

/** The callback as it arrived. @throws StandinError `INTERNAL` when it does not open */
export async function openHeld(
  ctx: Pick<Context, 'vault' | 'config'>,
  { id, sealed }: Pick<HeldCallback, 'id' | 'sealed'>,
): Promise<{ jwt: string; body: Uint8Array }> {
  const opened = await ctx.vault.open(sealed, bindingOf(ctx, id))
  const { jwt, body } = originalSchema.parse(JSON.parse(opened.reveal()))
  return { jwt, body: Buffer.from(body, 'base64url') }
}

/** Sealed for its row instead of for an account, because its account is unproven. */
const bindingOf = ({ config }: Pick<Context, 'config'>, id: string) =>
  ({ account: id, app: config.app.id, column: 'held-callback', generation: 0 }) as const

/** Unproven: it only helps an operator to find the callback. */
function accountNamedIn(body: Uint8Array): string | null {
  try {
    const { accountId } = JSON.parse(Buffer.from(body).toString()) as { accountId?: unknown }
    return accountIdSchema.safeParse(accountId).data ?? null
  } catch {
    return null
  }
}
