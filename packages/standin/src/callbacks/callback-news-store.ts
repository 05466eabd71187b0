import { gt } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { callbacks } from './callback-table.ts'
import type { CallbackNews } from './follow-callbacks.ts'
import { heldCallbacks } from './held/held-callback-table.ts'
import { rejectionSamples } from './rejected/rejection-table.ts'

/** What has come since a moment: taken, kept, and samples of what was rejected. `key` tells each thing from the others. */
export async function newsSince(db: Database, from: Date): Promise<(CallbackNews & { key: string })[]> {
  const [taken, kept, rejected] = await Promise.all([
    db.select().from(callbacks).where(gt(callbacks.receivedAt, from)),
    db.select().from(heldCallbacks).where(gt(heldCallbacks.receivedAt, from)),
    db.select().from(rejectionSamples).where(gt(rejectionSamples.at, from)),
  ])
  return [
    ...taken.map(({ id, receivedAt, outcome, type, accountId }) => ({
      ...{ key: id, at: receivedAt, outcome, reason: null, type, accountId, heldId: null },
    })),
    ...kept.map(({ id, state, reason, receivedAt, accountId }) => ({
      ...{ key: `${state} ${id}`, at: receivedAt, outcome: state, reason, type: null, accountId, heldId: id },
    })),
    ...rejected.map(({ id, at, reason }) => ({
      ...{ key: `rejected ${id}`, at, outcome: 'rejected', reason, type: null, accountId: null, heldId: null },
    })),
  ]
}
