import { and, eq, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import { type Asked, type RunOfAccount, wasSeenIn } from './machine-store.ts'
import { machines, reportedSites } from './machine-table.ts'

/** How many questions of an account are kept: for a large fleet, each has twenty thousand rows. */
const questionsKept = 16

const isAsked = ({ accountId, question }: Asked) =>
  and(eq(reportedSites.accountId, accountId), eq(reportedSites.question, question))

export async function hasReported(db: Database, asked: Asked): Promise<boolean> {
  const [row] = await db
    .select({ machineId: reportedSites.machineId })
    .from(reportedSites)
    .where(isAsked(asked))
    .limit(1)
  return row !== undefined
}

/** Replaces the reported sites with what the run has read: a machine that it has not read is reported as gone once. */
export async function markReported(
  tx: Transaction,
  { accountId, runId, question }: RunOfAccount & Asked,
): Promise<void> {
  await tx.delete(reportedSites).where(isAsked({ accountId, question }))
  await tx.execute(sql`
    insert into ${reportedSites} (account_id, question, machine_id, site_id, site_name)
    select account_id, ${question}, machine_id, site_id, site_name from ${machines}
    where account_id = ${accountId}::uuid and ${wasSeenIn(runId)}`)
  await tx.execute(sql`
    delete from ${reportedSites} where account_id = ${accountId}::uuid and question in (
      select question from ${reportedSites} where account_id = ${accountId}::uuid
      group by question order by max(reported_at) desc offset ${questionsKept}::int
    )`)
}
