import { and, desc, eq, getTableColumns, gt, isNull, ne, or, sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { isReadWith, runs } from '../runs/run-table.ts'
import { schedules } from '../schedules/schedule-table.ts'
import { deliveries } from './delivery-table.ts'

const atMost = 20
/** How many of an account's newest failures are considered, so that an address that fails every hour costs no more. */
const lookedAt = 500

/**
 * Failed deliveries that are not resolved, newest first, one for each schedule or action and receiver. Resolved: a later
 * result of the same schedule has been sent there or soon will be, or the schedule no longer sends there. A run that was
 * started by hand is also resolved by a later one that reached someone: its address may have been corrected.
 * @param own leaves out results that were read with other scopes than these; undefined: none
 */
export function listUndelivered(
  db: Database,
  { accountId, own, since }: { accountId: string; own: readonly string[] | undefined; since: Date },
) {
  const failed = db
    .select({ accountId: deliveries.accountId, runId: deliveries.runId, position: deliveries.position })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.accountId, accountId),
        eq(deliveries.state, 'failed'),
        ne(deliveries.reason, 'INSTALLATION_UNINSTALLED'),
        gt(deliveries.endedAt, since),
      ),
    )
    .orderBy(desc(deliveries.endedAt))
    .limit(lookedAt)
    .as('failed')
  const laterOne = sql`exists (
    select from ${runs} later join ${deliveries} sent on sent.account_id = later.account_id and sent.run_id = later.id
    where later.account_id = ${runs.accountId} and later.action_id = ${runs.actionId} and later.ended_at > ${runs.endedAt}
      and later.schedule_id is not distinct from ${runs.scheduleId}
      and (sent.destination = ${deliveries.destination} or (later.schedule_id is null and sent.state = 'delivered')))`
  const stillSentThere = sql`exists (
    select from ${schedules} where ${schedules.accountId} = ${runs.accountId} and ${schedules.id} = ${runs.scheduleId}
      and ${schedules.deliverTo} @> jsonb_build_array(${deliveries.destination}))`
  return db
    .select({ ...getTableColumns(deliveries), actionId: runs.actionId, scheduleId: runs.scheduleId })
    .from(failed)
    .innerJoin(
      deliveries,
      and(
        eq(deliveries.accountId, failed.accountId),
        eq(deliveries.runId, failed.runId),
        eq(deliveries.position, failed.position),
      ),
    )
    .innerJoin(runs, and(eq(runs.accountId, failed.accountId), eq(runs.id, failed.runId)))
    .where(
      and(
        eq(deliveries.accountId, accountId),
        eq(runs.accountId, accountId),
        isReadWith(own),
        sql`not ${laterOne}`,
        or(isNull(runs.scheduleId), stillSentThere),
      ),
    )
    .orderBy(desc(deliveries.endedAt), deliveries.runId, deliveries.position)
    .limit(atMost)
}
