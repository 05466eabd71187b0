import type { ErrorReason } from '@standin/contracts'
import { desc, lt, notInArray, sql } from 'drizzle-orm'
import type { Database } from '../../database/database.ts'
import { insertionOf } from '../../database/rows/many-rows.ts'
import { rejectionCounts, rejectionSamples } from './rejection-table.ts'

const mostSamples = 200
const keptDays = 30

export type RejectionSample = typeof rejectionSamples.$inferInsert

/** Adds counts and samples, and deletes old ones: 200 samples and the counts of 30 days stay. @param counts by day and reason */
export async function insertRejections(
  db: Database,
  { counts, samples }: { counts: ReadonlyMap<string, number>; samples: RejectionSample[] },
): Promise<void> {
  // All replicas write in the same order, so that they never deadlock.
  const rows = [...counts].sort().map(([key, count]) => {
    const [day = '', reason] = key.split(' ')
    return { day, reason: reason as ErrorReason, count }
  })
  await db.transaction(async (tx) => {
    await tx.execute(sql`
      ${insertionOf(rejectionCounts, rows)} on conflict (day, reason)
      do update set count = ${rejectionCounts}.count + excluded.count`)
    if (samples.length > 0) await tx.execute(sql`${insertionOf(rejectionSamples, samples)}`)
    const newest = tx
      .select({ id: rejectionSamples.id })
      .from(rejectionSamples)
      .orderBy(desc(rejectionSamples.id))
      .limit(mostSamples)
    await tx.delete(rejectionSamples).where(notInArray(rejectionSamples.id, newest))
    const oldest = sql`${rows.at(-1)?.day}::date - ${keptDays} * interval '1 day'`
    await tx.delete(rejectionCounts).where(lt(rejectionCounts.day, oldest))
  })
}

export async function readRejections(db: Database, { samples }: { samples: number }) {
  return {
    counts: await db.select().from(rejectionCounts).orderBy(desc(rejectionCounts.day), rejectionCounts.reason),
    samples: await db.select().from(rejectionSamples).orderBy(desc(rejectionSamples.id)).limit(samples),
  }
}
