import { sql } from 'drizzle-orm'
import type { Database } from '../../database/database.ts'

/** Whether a commit of this database waits for a synchronous standby: for that, PostgreSQL waits without end. */
export async function waitsForStandby(db: Database): Promise<boolean> {
  const [row] = await db.execute<{ waits: boolean }>(
    sql`select exists (select from pg_stat_activity where datname = current_database() and wait_event = 'SyncRep') as waits`,
  )
  return row?.waits ?? false
}
