import { sql } from 'drizzle-orm'

/**
 * A limit as part of a statement's text. Where it is a parameter, PostgreSQL's plan for all executions assumes a tenth of the
 * rows; in a large table that looks so expensive that it plans every execution, which takes longer than reading a page. Each limit
 * is a statement of its own to prepare, so use few.
 */
export const limitInText = (limit: number) => sql.raw(String(limit)) as unknown as number // Drizzle takes it, its types do not.
