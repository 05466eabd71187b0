import { asc, desc, eq, sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { Database, Transaction } from '../database/database.ts'
import { type ConsoleSessionRow, consoleSessions, signedConsoleSessions } from './console-session-table.ts'

type Signing = Pick<Context, 'db' | 'signedRows'>

/** Stores a code, and deletes sessions that began before this moment. */
export async function insertConsoleSession(
  { db, signedRows }: Signing,
  row: Omit<ConsoleSessionRow, 'mac'>,
  { deleteBefore }: { deleteBefore: Date },
): Promise<void> {
  await db
    .delete(consoleSessions)
    .where(sql`${consoleSessions.codeEndsAt} < ${deleteBefore.toISOString()}::timestamptz`)
  await db.insert(consoleSessions).values({ ...row, mac: signedRows.sign(signedConsoleSessions, row) })
}

/** Locks the row until the transaction ends: if two use a code at once, only one of them gets a session. */
export async function lockConsoleSession(tx: Transaction, id: string): Promise<ConsoleSessionRow | undefined> {
  const [row] = await tx.select().from(consoleSessions).where(eq(consoleSessions.id, id)).for('update')
  return row
}

/** Sessions that are open, and those that a code can still open; the newest first. */
export async function listConsoleSessions(db: Database, lifeMs: number): Promise<ConsoleSessionRow[]> {
  const { openedAt, codeEndsAt, endedAt } = consoleSessions
  return db
    .select()
    .from(consoleSessions)
    .where(
      sql`${endedAt} is null and case when ${openedAt} is null then ${codeEndsAt} > now()
        else ${openedAt} > now() - make_interval(secs => ${lifeMs / 1_000}) end`,
    )
    .orderBy(desc(codeEndsAt), asc(consoleSessions.id))
}

/** @returns the row, and whether it was opened less than `lifeMs` ago */
export async function findConsoleSession(
  db: Database,
  id: string,
  lifeMs: number,
): Promise<{ row: ConsoleSessionRow; isYoung: boolean } | undefined> {
  const isYoung = sql<boolean>`coalesce(${consoleSessions.openedAt} > now() - make_interval(secs => ${lifeMs / 1_000}), false)`
  const [found] = await db
    .select({ row: consoleSessions, isYoung })
    .from(consoleSessions)
    .where(eq(consoleSessions.id, id))
  return found
}

/** @param row as it is now, locked */
export async function updateConsoleSession(
  { db, signedRows }: Signing,
  row: ConsoleSessionRow,
  change: Partial<Pick<ConsoleSessionRow, 'openedAt' | 'endedAt'>>,
): Promise<void> {
  const mac = signedRows.sign(signedConsoleSessions, { ...row, ...change })
  await db
    .update(consoleSessions)
    .set({ ...change, mac })
    .where(eq(consoleSessions.id, row.id))
}
