import { sql } from 'drizzle-orm'
import type { Database } from '../src/database/database.ts'

/** Sends statements whose text varies with their input, as a bug would. */
export async function sendEverNewStatements(db: Database, count: number): Promise<void> {
  for (let nth = 0; nth < count; nth++) await db.execute(sql`select ${nth}::int as ${sql.raw(`column_${nth}`)}`)
}
