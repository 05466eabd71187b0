import { type Actor, record } from '../audit/record.ts'
import type { Secret } from '../config/secret.ts'
import type { Database } from '../database/database.ts'
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
 * Makes a key for a service and grants it scopes on an account.
 * @returns the key, which is stored nowhere: this is the only time that it is seen
 * @throws StandinError `SCOPE_NOT_IN_MANIFEST`
 */
export async function createKey(
  db: Database,
  manifestScopes: readonly string[],
  { service, accountId, scopes, expiresAt, actor }: CreateKey,
): Promise<{ id: string; key: Secret }> {
  refuseUnknownScopes(scopes, manifestScopes)
  const { id, key, digest } = createServiceKey()
  await db.transaction(async (tx) => {
    await insertServiceKey(tx, { id, service, digest, expiresAt })
    await setGrant(tx, { service, accountId, scopes: [...scopes] })
    const details = { key: id, service, account: accountId, scopes, expiresAt: expiresAt.toISOString() }
    await record(tx, { actor, event: 'service-key.created', ...(accountId !== 'all' && { accountId }), details })
  })
  return { id, key }
}
