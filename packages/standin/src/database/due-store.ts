import { type SQL, sql } from 'drizzle-orm'
import type { Database } from './database.ts'

/** A SELECT of one number: in how many milliseconds there is work; null or no row if there is none. */
export type Question = SQL

/**
 * Asks several questions in one statement.
 * @returns the answers by name, without those for which nothing waits
 */
export async function whatIsDue(db: Database, questions: ReadonlyMap<string, Question>): Promise<Map<string, number>> {
  if (questions.size === 0) return new Map()
  const asked = [...questions].map(([name, question]) => sql`(${question})::float8 as ${sql.identifier(name)}`)
  const [answers = {}] = await db.execute<Record<string, number | null>>(sql`select ${sql.join(asked, sql`, `)}`)
  return new Map(Object.entries(answers).filter((answer): answer is [string, number] => answer[1] !== null))
}
