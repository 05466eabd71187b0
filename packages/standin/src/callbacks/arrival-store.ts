import { desc, eq, gt } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import type { CallbackRow } from './callback-store.ts'
import { callbacks } from './callback-table.ts'
import { heldCallbacks } from './held/held-callback-table.ts'
import { rejectionSamples } from './rejected/rejection-table.ts'

/** A request to the callback's address, and its outcome. */
export interface CallbackArrival {
  at: Date
  /** `accepted`, `duplicate`, `superseded`, `ignored`; `held`, `unverified`; `rejected`. */
  outcome: string
  /** The rule that it broke. */
  reason: string | null
  type: string | null
  accountId: string | null
  /** The argument of `callbacks release`. */
  heldId: string | null
}

const nothing = { reason: null, type: null, accountId: null, heldId: null }

/** The newest callback of an account that was applied. */
export async function findNewestApplied(db: Database, accountId: string): Promise<CallbackArrival | undefined> {
  const ofAccount = eq(callbacks.accountId, accountId)
  const [row] = await db.select().from(callbacks).where(ofAccount).orderBy(desc(callbacks.receivedAt)).limit(1)
  return row && arrivalOf(row)
}

const arrivalOf = ({ receivedAt, outcome, type, accountId }: CallbackRow): CallbackArrival => ({
  ...nothing,
  at: receivedAt,
  outcome,
  type,
  accountId,
})

/** What arrived after a moment: applied, held or unverified, and samples of the rejected ones. `key` is unique. */
export async function arrivalsSince(db: Database, from: Date): Promise<(CallbackArrival & { key: string })[]> {
  const [applied, held, rejected] = await Promise.all([
    db.select().from(callbacks).where(gt(callbacks.receivedAt, from)),
    db.select().from(heldCallbacks).where(gt(heldCallbacks.receivedAt, from)),
    db.select().from(rejectionSamples).where(gt(rejectionSamples.at, from)),
  ])
  return [
    ...applied.map((row) => ({ key: row.id, ...arrivalOf(row) })),
    ...held.map(({ id, state, reason, receivedAt, accountId }) => ({
      ...nothing,
      key: `${state} ${id}`,
      at: receivedAt,
      outcome: state,
      reason,
      accountId,
      heldId: id,
    })),
    ...rejected.map(({ id, at, reason }) => ({ ...nothing, key: `rejected ${id}`, at, outcome: 'rejected', reason })),
  ]
}
