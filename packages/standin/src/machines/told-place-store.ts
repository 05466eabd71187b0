import { and, eq, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import { type Asked, type RunOfAccount, wasSeenIn } from './machine-store.ts'
import { machines, toldPlaces } from './machine-table.ts'

/** How many questions of an account are kept: for a large fleet, each has twenty thousand rows. */
const questionsKept = 16

const isAsked = ({ accountId, question }: Asked) =>
  and(eq(toldPlaces.accountId, accountId), eq(toldPlaces.question, question))

export async function hasTold(db: Database, asked: Asked): Promise<boolean> {
  const [row] = await db.select({ machineId: toldPlaces.machineId }).from(toldPlaces).where(isAsked(asked)).limit(1)
  return row !== undefined
}

/** Replaces the reported sites with what the run has read: a machine that it has not read is reported as gone once. */
export async function markTold(tx: Transaction, { accountId, runId, question }: RunOfAccount & Asked): Promise<void> {
  await tx.delete(toldPlaces).where(isAsked({ accountId, question }))
  await tx.execute(sql`
    insert into ${toldPlaces} (account_id, question, machine_id, site_id, site_name)
    select account_id, ${question}, machine_id, site_id, site_name from ${machines}
    where account_id = ${accountId}::uuid and ${wasSeenIn(runId)}`)
  await tx.execute(sql`
    delete from ${toldPlaces} where account_id = ${accountId}::uuid and question in (
      select question from ${toldPlaces} where account_id = ${accountId}::uuid
      group by question order by max(told_at) desc offset ${questionsKept}::int
    )`)
}
