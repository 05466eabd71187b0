import { sql } from 'drizzle-orm'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import { type AuditEntry, recordWhere } from '../audit/record.ts'
import type { InTransaction } from '../context.ts'
import { announceRun, stateEvent } from './run-event-store.ts'
import { isRun, now, type RunRow, refuseUnstorable } from './run-store.ts'
import { type RunKey, runEvents, runs } from './run-table.ts'

/** A run as it is inserted: the database's clock dates it. */
export type NewRunRow = Omit<RunRow, 'createdAt' | 'promotedAt'>

/**
 * Inserts a run with its first event and its audit entry, in one statement.
 * @param given.isPromoted whether it is due at once
 * @returns undefined if another run has its idempotency key; then nothing is written
 * @throws StandinError `INPUT_INVALID`
 */
export async function insertRun(
  tx: InTransaction,
  row: NewRunRow,
  { isPromoted, entry }: { isPromoted: boolean; entry: AuditEntry },
): Promise<RunRow | undefined> {
  const { db, notices } = tx
  const inserted = db.$with('inserted').as(
    db
      .insert(runs)
      .values({ ...row, ...(isPromoted && { promotedAt: now }) })
      .onConflictDoNothing({ target: [runs.accountId, runs.idempotencyKey] })
      .returning({ createdAt: runs.createdAt }),
  )
  const announced = db.$with('announced', {}).as(sql`
    insert into ${runEvents} (account_id, run_id, seq, body)
    select ${row.accountId}::uuid, ${row.id}::uuid, ${row.lastSeq}::int, ${JSON.stringify(stateEvent(row))}::jsonb
    from inserted`)
  const recorded = db.$with('recorded', {}).as(recordWhere(sql`inserted`, tx, entry))
  const [written] = await db.with(inserted, announced, recorded).select().from(inserted).catch(refuseUnstorable)
  if (!written) return undefined
  announceRun(notices, row)
  return { ...row, ...written, promotedAt: isPromoted ? written.createdAt : null }
}

type Change = Partial<Omit<RunRow, keyof RunKey | 'endedAt' | 'lastSeq'>>

/**
 * Changes a run that this transaction has locked and, if its state is another one now, announces it, in one statement.
 * @param given.ends whether it has ended
 * @param given.entry recorded with it
 * @returns the run after the change
 */
export async function writeState(
  tx: InTransaction,
  before: RunRow,
  change: Change,
  { ends, entry }: { ends: boolean; entry: AuditEntry | undefined },
): Promise<RunRow> {
  const { db, notices } = tx
  const after = { ...before, ...change }
  const isAnnounced = after.state !== before.state
  const set: PgUpdateSetSource<typeof runs> = {
    ...change,
    ...(ends && { endedAt: now }),
    ...(isAnnounced && { lastSeq: sql`${runs.lastSeq} + 1` }),
  }
  const { endedAt, lastSeq } = runs
  const changed = db.$with('changed').as(db.update(runs).set(set).where(isRun(before)).returning({ endedAt, lastSeq }))
  const announced = db.$with('announced', {}).as(sql`
    insert into ${runEvents} (account_id, run_id, seq, body)
    select ${before.accountId}::uuid, ${before.id}::uuid, last_seq, ${JSON.stringify(stateEvent(after))}::jsonb
    from changed`)
  const recorded = entry && db.$with('recorded', {}).as(recordWhere(sql`changed`, tx, entry))
  const beside = [...(isAnnounced ? [announced] : []), ...(recorded ? [recorded] : [])]
  const [written] = await db
    .with(changed, ...beside)
    .select()
    .from(changed)
  if (!written) throw new Error('a locked run is gone')
  if (isAnnounced) announceRun(notices, before)
  return { ...after, ...written }
}
