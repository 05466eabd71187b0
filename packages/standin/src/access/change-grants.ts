import type { AuditEvent } from '../audit/audit-kinds.ts'
import { type Actor, record } from '../audit/record.ts'
import type { Database, Transaction } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { deleteGrant, setGrant } from './access-store.ts'

/** An account's id in lower case, or `all`. */
interface Granted {
  service: string
  accountId: string
  actor: Actor
}

/** @throws StandinError `SCOPE_NOT_IN_MANIFEST` naming the scopes that the app does not have */
export function refuseUnknownScopes(scopes: readonly string[], manifestScopes: readonly string[]): void {
  const unknown = scopes.filter((scope) => !manifestScopes.includes(scope))
  if (unknown.length > 0)
    throw new StandinError('SCOPE_NOT_IN_MANIFEST', { detail: `Asked for: ${unknown.join(', ')}.` })
}

/**
 * Sets what a service may do on an account; what it could do there before is replaced.
 * @throws StandinError `SCOPE_NOT_IN_MANIFEST`
 */
export async function grant(
  db: Database,
  manifestScopes: readonly string[],
  { service, accountId, scopes, actor }: Granted & { scopes: readonly string[] },
): Promise<void> {
  refuseUnknownScopes(scopes, manifestScopes)
  await db.transaction(async (tx) => {
    await setGrant(tx, { service, accountId, scopes: [...scopes] })
    await recordGrant(tx, 'grant.set', { service, accountId, actor }, scopes)
  })
}

/**
 * Takes a grant away, within a second on every replica that reaches the database.
 * @throws StandinError `NOT_FOUND`
 */
export async function removeGrant(db: Database, granted: Granted): Promise<void> {
  await db.transaction(async (tx) => {
    const { service, accountId } = granted
    if (!(await deleteGrant(tx, { service, accountId })))
      throw new StandinError('NOT_FOUND', { detail: 'There is no such grant. `grants list` shows them.' })
    await recordGrant(tx, 'grant.removed', granted)
  })
}

async function recordGrant(
  tx: Transaction,
  event: AuditEvent,
  { service, accountId, actor }: Granted,
  scopes?: readonly string[],
): Promise<void> {
  const details = { service, account: accountId, ...(scopes && { scopes }) }
  await record(tx, { actor, event, ...(accountId !== 'all' && { accountId }), details })
}
