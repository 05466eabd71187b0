import { sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { credentials, installations } from './account-table.ts'

interface Batch {
  /** What ended, or last changed, before this moment. */
  before: Date
  limit: number
}

/** Deletes credentials that ended without ever being proven; the callbacks that brought them age from now on. @returns how many */
export async function deleteEndedUnproven(db: Database, { before, limit }: Batch): Promise<number> {
  const deleted = await db.execute(sql`
    with ended as (
      select account_id, generation from ${credentials}
      where proven_at is null and state in ('superseded', 'uninstalled') and since < ${before.toISOString()}::timestamptz
      order by since limit ${limit} for update skip locked
    ), deleted as (
      delete from ${credentials} where (account_id, generation) in (select * from ended) returning account_id, generation
    ), ageing as (
      update callbacks set generation = null from deleted
      where callbacks.account_id = deleted.account_id and callbacks.generation = deleted.generation
    ) select 1 from deleted`)
  return deleted.length
}

/** Deletes the rows of accounts that have no credentials and never had any in force. @returns how many */
export async function deleteEmptyAccounts(db: Database, { before, limit }: Batch): Promise<number> {
  const deleted = await db.execute(sql`
    with empty as (
      select account_id from ${installations}
      where active_generation is null and uninstalled_at is null and changed_at < ${before.toISOString()}::timestamptz
        and not exists (select from ${credentials} where ${credentials.accountId} = ${installations.accountId})
      limit ${limit} for update skip locked
    ) delete from ${installations} where account_id in (select * from empty) returning 1`)
  return deleted.length
}
