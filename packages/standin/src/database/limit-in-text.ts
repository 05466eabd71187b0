import { sql } from 'drizzle-orm'

/**
 * A limit as part of a statement's text. If it is a parameter, PostgreSQL's generic plan assumes a tenth of the rows; in a large
 * table that looks so expensive that PostgreSQL plans every execution, which takes longer than reading a page. Each limit is
 * another statement to prepare, so use few.
 */
export const limitInText = (limit: number) => sql.raw(String(limit)) as unknown as number // Drizzle takes it, its types do not.
