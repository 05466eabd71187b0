import { detailsOf } from '../src/audit/hand-out-kind.ts'
import { listHandOuts } from '../src/audit/hand-out-store.ts'
import { handOutKinds } from '../src/audit/hand-out-table.ts'
import type { Database } from '../src/database/database.ts'

/** Every token that left, of all accounts, as the audit lists it; the oldest first. */
export async function listAllHandOuts(db: Database) {
  const any = { from: undefined, to: undefined, actorId: undefined, actorKinds: undefined }
  const accounts = await db.selectDistinct({ accountId: handOutKinds.accountId }).from(handOutKinds)
  const lists = await Promise.all(
    accounts.map(({ accountId }) => listHandOuts(db, { accountId, ...any }, { before: undefined, limit: 1_000_000 })),
  )
  return lists
    .flatMap((list) => list.reverse())
    .sort((one, other) => one.groupAt.getTime() - other.groupAt.getTime())
    .map((handOut) => ({ ...handOut, details: detailsOf(handOut) }))
}
