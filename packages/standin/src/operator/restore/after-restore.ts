import { listGrants, listServiceKeys } from '../../access/access-store.ts'
import { doubtCredentialsInForce } from '../../accounts/account-store.ts'
import type { AuditEvent } from '../../audit/audit-kinds.ts'
import { type AuditRow, listEntriesBetween } from '../../audit/chain-store.ts'
import { type Actor, record } from '../../audit/record.ts'
import { type Context, inTransaction } from '../../context.ts'
import { beginHistory } from '../../database/restore-store.ts'
import { stopRestoredDeliveries } from '../../deliveries/delivery-store.ts'
import { endRestoredRuns } from '../../runs/end-restored-runs.ts'
import { pauseRestoredSchedules } from '../../schedules/schedule-store.ts'

const hour = 3_600_000
/** Changes are listed for review if they happened this long before the end of the backup, or later. */
const reviewedMs = 24 * hour

const reviewedEvents: AuditEvent[] = [
  ...(['service-key.created', 'service-key.rotated', 'service-key.revoked', 'grant.set', 'grant.removed'] as const),
  ...(['installation.suspended', 'installation.restored', 'installation.uninstalled'] as const),
  ...(['installation.paused', 'installation.resumed'] as const),
]

/**
 * Makes a database that was put back to an earlier state safe to serve from, in one transaction. What happened after that
 * state is unknown, so nothing that was under way continues, and no credentials serve before they are proven again. Servers
 * serve again once it is committed.
 * @returns what was stopped, and what only a person can judge
 */
export async function afterRestore(ctx: Context, { actor }: { actor: Actor }) {
  return inTransaction(ctx, async (tx) => {
    const { knewUntil, feedFrom } = await beginHistory(tx.db)
    const stopped = {
      runsEnded: await endRestoredRuns(tx),
      schedulesPaused: await pauseRestoredSchedules(tx.db),
      deliveriesStopped: await stopRestoredDeliveries(tx.db),
      credentialsToProve: await doubtCredentialsInForce(tx),
    }
    await record(tx, { actor, event: 'database.restored', details: { knewUntil, feedFrom, ...stopped } })
    const to = knewUntil ?? tx.clock.now()
    const range = { from: new Date(to.getTime() - reviewedMs), to: tx.clock.now() }
    const now = tx.clock.now()
    const keys = await listServiceKeys(tx.db, undefined)
    return {
      knewUntil,
      ...stopped,
      keys: keys.filter(({ revokedAt, expiresAt }) => !revokedAt && expiresAt > now),
      grants: await listGrants(tx.db, {}),
      changes: (await listEntriesBetween(tx.db, reviewedEvents, range)).map(shown),
    }
  })
}

const shown = ({ at, event, actorId, accountId, details }: AuditRow) => ({ at, event, actorId, accountId, details })
