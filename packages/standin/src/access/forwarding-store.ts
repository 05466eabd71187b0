import { and, asc, eq, gte, lt, sql } from 'drizzle-orm'
import { dayMs, hourMs } from '../clock.ts'
import type { Database } from '../database/database.ts'
import { forwardedRequests } from './forwarding-table.ts'

/** Requests with this number of addresses in X-Forwarded-For. */
export interface Forwarded {
  addresses: number
  count: number
  /** Those whose header was ignored. */
  ignored: number
}

export async function saveForwarded(
  db: Database,
  { setting, seen, now }: { setting: string; seen: readonly Forwarded[]; now: Date },
): Promise<void> {
  const hour = new Date(Math.floor(now.getTime() / hourMs) * hourMs)
  const inOrder = seen.toSorted((one, other) => one.addresses - other.addresses) // All replicas lock them in the same order.
  await db
    .insert(forwardedRequests)
    .values(inOrder.map((each) => ({ ...each, hour, setting })))
    .onConflictDoUpdate({
      target: [forwardedRequests.hour, forwardedRequests.setting, forwardedRequests.addresses],
      set: {
        count: sql`${forwardedRequests.count} + excluded.count`,
        ignored: sql`${forwardedRequests.ignored} + excluded.ignored`,
      },
    })
  await db.delete(forwardedRequests).where(lt(forwardedRequests.hour, new Date(now.getTime() - dayMs)))
}

/** What was seen under this setting in the last day. */
export async function listForwarded(
  db: Database,
  { setting, now }: { setting: string; now: Date },
): Promise<Forwarded[]> {
  return db
    .select({
      addresses: forwardedRequests.addresses,
      count: sql<number>`sum(${forwardedRequests.count})::float8`,
      ignored: sql<number>`sum(${forwardedRequests.ignored})::float8`,
    })
    .from(forwardedRequests)
    .where(and(eq(forwardedRequests.setting, setting), gte(forwardedRequests.hour, new Date(now.getTime() - dayMs))))
    .groupBy(forwardedRequests.addresses)
    .orderBy(asc(forwardedRequests.addresses))
}
