import { desc, lt, notInArray, sql } from 'drizzle-orm'
import type { Database } from '../../database/database.ts'
import type { Rejections } from './count-rejections.ts'
import { rejectionCounts, rejectionSamples } from './rejection-table.ts'

const mostSamples = 200
const keptDays = 30

/** Adds counts and samples, and drops the old ones: 200 samples and the counts of 30 days stay. */
export async function saveRejections(db: Database, { counts, samples }: Rejections): Promise<void> {
  await db.transaction(async (tx) => {
    if (counts.length > 0)
      await tx
        .insert(rejectionCounts)
        // In one order, so that two replicas do not wait for each other.
        .values(counts.toSorted((one, other) => (one.day + one.reason < other.day + other.reason ? -1 : 1)))
        .onConflictDoUpdate({
          target: [rejectionCounts.day, rejectionCounts.reason],
          set: { count: sql`${rejectionCounts.count} + excluded.count` },
        })
    if (samples.length > 0) await tx.insert(rejectionSamples).values(samples)
    const newest = tx
      .select({ id: rejectionSamples.id })
      .from(rejectionSamples)
      .orderBy(desc(rejectionSamples.id))
      .limit(mostSamples)
    await tx.delete(rejectionSamples).where(notInArray(rejectionSamples.id, newest))
    const newestDay = counts
      .map(({ day }) => day)
      .sort()
      .at(-1)
    if (newestDay !== undefined)
      await tx
        .delete(rejectionCounts)
        .where(lt(rejectionCounts.day, sql`${newestDay}::date - ${keptDays} * interval '1 day'`))
  })
}

export async function readRejections(db: Database, { samples }: { samples: number }) {
  return {
    counts: await db.select().from(rejectionCounts).orderBy(desc(rejectionCounts.day), rejectionCounts.reason),
    samples: await db.select().from(rejectionSamples).orderBy(desc(rejectionSamples.id)).limit(samples),
  }
}
