import type { StandinApp } from '@standin/contracts'
import { buildAudit } from '../audit/build-audit.ts'
import type { Actor } from '../audit/record.ts'
import { systemClock } from '../clock.ts'
import { type Config, readConfig } from '../config/config.ts'
import type { Environment } from '../config/environment-schema.ts'
import { connectDatabase, type Database } from '../database/database.ts'
import { migrateDatabase } from '../database/migrate.ts'
import { openDatabase } from '../database/open-database.ts'
import { createLogger } from '../observability/logger.ts'

/** Where a command gets its world from, and where it says things: results on standard output, talk on standard error. */
export interface CommandContext {
  app: StandinApp
  environment: Environment
  print: (text: string) => void
  say: (text: string) => void
}

/** A command that did what it could and ends with 1; its message, which may have several lines, is what it says. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
}

/** Who the audit names for what a command changed. */
export const operator: Actor = { kind: 'operator', id: 'command line' }

/** Runs with the server's database: the same one, also while the server runs beside it. */
export async function withDatabase<Result>(
  { app, environment, say }: CommandContext,
  work: (opened: { db: Database; config: Config }) => Promise<Result>,
): Promise<Result> {
  const config = readConfig(app, environment, say)
  const database = await openDatabase(config.database, say)
  try {
    await migrateDatabase(database.directUrl)
    const connection = connectDatabase(database.url, { pool: 2, pooled: database.pooled })
    try {
      const { db } = connection
      const audit = buildAudit({
        ...{ db, clock: systemClock, log: createLogger('silent') },
        policy: { keys: config.keys.audit, retentionMs: config.auditRetentionMs },
      })
      const result = await work({ db, config })
      await audit.seal() // Nobody else may run who would.
      return result
    } finally {
      await connection.close()
    }
  } finally {
    await database.close()
  }
}

/** Text that came from outside, safe for a terminal: no control characters, at most `length` long. */
export function printable(text: string, length = 200): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '?').slice(0, length)
}
