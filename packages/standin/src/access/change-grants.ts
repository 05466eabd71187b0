import type { AuditEvent } from '../audit/audit-kinds.ts'
import { type Actor, record } from '../audit/record.ts'
import { type Context, type InTransaction, inTransaction } from '../context.ts'
import { StandinError } from '../standin-error.ts'
import { deleteGrant, setGrant } from './access-store.ts'

interface Granted {
  service: string
  /** An account's id in lower case, or `all`. */
  accountId: string
  actor: Actor
}

/** @throws StandinError `SCOPE_NOT_IN_MANIFEST` naming the scopes that the app does not have */
export function refuseUnknownScopes({ config }: Pick<Context, 'config'>, scopes: readonly string[]): void {
  const unknown = scopes.filter((wanted) => !config.app.scopes.some(({ scope }) => scope === wanted))
  if (unknown.length > 0)
    throw new StandinError('SCOPE_NOT_IN_MANIFEST', { detail: `Asked for: ${unknown.join(', ')}.` })
}

/**
 * Sets what a service may do on an account; replaces its grant there.
 * @throws StandinError `SCOPE_NOT_IN_MANIFEST`
 */
export async function grant(ctx: Context, granted: Granted & { scopes: readonly string[] }): Promise<void> {
  const { service, accountId, scopes } = granted
  refuseUnknownScopes(ctx, scopes)
  await inTransaction(ctx, async (tx) => {
    await setGrant(tx, { service, accountId, scopes: [...scopes] })
    await recordGrant(tx, 'grant.set', granted)
  })
}

/**
 * Removes a grant, within a second on every replica that reaches the database.
 * @throws StandinError `NOT_FOUND`
 */
export async function removeGrant(ctx: Context, granted: Granted): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    if (!(await deleteGrant(tx, granted)))
      throw new StandinError('NOT_FOUND', { detail: 'There is no such grant. `grants list` shows them.' })
    await recordGrant(tx, 'grant.removed', granted)
  })
}

async function recordGrant(
  tx: InTransaction,
  event: AuditEvent,
  { service, accountId, actor, scopes }: Granted & { scopes?: readonly string[] },
): Promise<void> {
  const details = { service, account: accountId, ...(scopes && { scopes }) }
  await record(tx, { actor, event, ...(accountId !== 'all' && { accountId }), details })
}
