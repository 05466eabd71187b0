import type { Command } from 'commander'
import { readConfig } from '../config/config.ts'
import { connectDatabase } from '../database/database.ts'
import { databaseTrouble } from '../database/database-trouble.ts'
import { migrateDatabase } from '../database/migrate.ts'
import { MoveRefused, moveDatabase } from '../database/move-database.ts'
import { openDatabase } from '../database/open-database.ts'
import { createLogger } from '../observability/logger.ts'
import { sendPromotedAgain } from '../runs/send-promoted-again.ts'
import { type CommandContext, CommandFailed } from './command-context.ts'

/** `database move`: from the embedded PostgreSQL, or any, into another one. */
export function addDatabaseCommand(program: Command, context: CommandContext): void {
  const database = program.command('database').description('where Standin keeps everything')
  database
    .command('move')
    .description('copy everything into an empty PostgreSQL, while no server runs; the one that is left stays as it is')
    .requiredOption('--to <url>', 'its address, postgres://user:password@host:port/database')
    .option('--json', 'print the tables with their rows')
    .action(async ({ to, json }: { to: string; json?: boolean }) => {
      const tables = await move(context, to)
      const rows = tables.reduce((sum, table) => sum + table.rows, 0)
      context.print(json ? JSON.stringify(tables) : tables.map(({ name, rows }) => `${rows}  ${name}`).join('\n'))
      context.say(
        `${rows} rows in ${tables.length} tables are there, and counted. Next: set DATABASE_URL to it for every server and ` +
          'command, keep the same STANDIN_*_KEYS, start one server, and run "doctor". Keep the old one until then.',
      )
    })
}

async function move({ app, environment, say }: CommandContext, to: string) {
  const from = await openDatabase(readConfig(app, environment, say).database, say)
  try {
    await migrateDatabase(from.directUrl)
    await migrateDatabase(to).catch((error: unknown) => {
      throw databaseTrouble(error)
        ? new CommandFailed('The database of --to cannot be used. Check its address, user and password.')
        : error
    })
    const [source, target] = [connectDatabase(from.directUrl, { pool: 1 }), connectDatabase(to, { pool: 2 })]
    try {
      const tables = await moveDatabase(source.sql, target.sql)
      await sendPromotedAgain(target.db, { url: to, log: createLogger('silent') })
      return tables
    } catch (error) {
      throw error instanceof MoveRefused ? new CommandFailed(error.message) : error
    } finally {
      await Promise.all([source.close(), target.close()])
    }
  } finally {
    await from.close()
  }
}
