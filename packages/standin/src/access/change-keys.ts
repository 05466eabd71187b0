import { type Actor, record } from '../audit/record.ts'
import type { Secret } from '../config/secret.ts'
import { type Context, inTransaction } from '../context.ts'
import { StandinError } from '../standin-error.ts'
import { insertServiceKey, lockServiceKey, type ServiceKeyRow, updateServiceKey } from './access-store.ts'
import { signedKeys } from './access-table.ts'
import { createServiceKey } from './service-key.ts'

interface RotateKey {
  id: string
  /** Of the new key. */
  expiresAt: Date
  /** Until when the old key stays valid; at most until its own expiry. */
  overlapUntil: Date
  actor: Actor
}

/**
 * Creates a new key for the service of an old one, which stays valid for a while, so that the service can switch.
 * @returns the new key, which is not stored anywhere
 * @throws StandinError `NOT_FOUND`, or `INPUT_INVALID` for a key that is no longer valid
 */
export async function rotateKey(
  ctx: Context,
  { id, expiresAt, overlapUntil, actor }: RotateKey,
): Promise<{ id: string; service: string; key: Secret }> {
  const created = createServiceKey()
  const service = await inTransaction(ctx, async (tx) => {
    const old = existing(await lockServiceKey(tx.db, id))
    const isGood = !old.revokedAt && old.expiresAt > new Date() && tx.signedRows.accept(signedKeys, old)
    if (!isGood) throw new StandinError('INPUT_INVALID', { detail: 'This key is no longer valid. Create a new one.' })
    const { service } = old
    await insertServiceKey(tx, { id: created.id, service, digest: created.digest, expiresAt })
    const oldExpiresAt = old.expiresAt < overlapUntil ? old.expiresAt : overlapUntil
    await updateServiceKey(tx, old, { expiresAt: oldExpiresAt })
    const ends = { expiresAt: expiresAt.toISOString(), oldExpiresAt: oldExpiresAt.toISOString() }
    const details = { key: created.id, replaces: id, service, ...ends }
    await record(tx, { actor, event: 'service-key.rotated', details })
    return service
  })
  return { id: created.id, service, key: created.key }
}

/**
 * Ends a key, within a second on every replica that reaches the database.
 * @throws StandinError `NOT_FOUND`
 */
export async function revokeKey(ctx: Context, { id, actor }: { id: string; actor: Actor }): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const key = existing(await lockServiceKey(tx.db, id))
    if (key.revokedAt && tx.signedRows.isSigned(signedKeys, key)) return
    await updateServiceKey(tx, key, { revokedAt: new Date() })
    await record(tx, { actor, event: 'service-key.revoked', details: { key: id, service: key.service } })
  })
}

function existing(row: ServiceKeyRow | undefined): ServiceKeyRow {
  if (row) return row
  throw new StandinError('NOT_FOUND', { detail: 'There is no key with this id. `keys list` shows them.' })
}
