import { type Actor, record } from '../audit/record.ts'
import type { Secret } from '../config/secret.ts'
import { type Context, inTransaction } from '../context.ts'
import { insertServiceKey, setGrant } from './access-store.ts'
import { refuseUnknownScopes } from './change-grants.ts'
import { createServiceKey } from './service-key.ts'

interface CreateKey {
  service: string
  /** An account's id in lower case, or `all`. */
  accountId: string
  scopes: readonly string[]
  expiresAt: Date
  actor: Actor
}

/**
 * Creates a key for a service and grants it scopes on an account.
 * @returns the key, which is not stored anywhere: this is the only time that it is shown
 * @throws StandinError `SCOPE_NOT_IN_MANIFEST`
 */
export async function createKey(
  ctx: Context,
  { service, accountId, scopes, expiresAt, actor }: CreateKey,
): Promise<{ id: string; key: Secret }> {
  refuseUnknownScopes(ctx, scopes)
  const { id, key, digest } = createServiceKey()
  await inTransaction(ctx, async (tx) => {
    await insertServiceKey(tx, { id, service, digest, expiresAt })
    await setGrant(tx, { service, accountId, scopes: [...scopes] })
    const details = { key: id, service, account: accountId, scopes, expiresAt: expiresAt.toISOString() }
    await record(tx, { actor, event: 'service-key.created', ...(accountId !== 'all' && { accountId }), details })
  })
  return { id, key }
}
