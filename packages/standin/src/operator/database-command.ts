import type { Command } from 'commander'
import { connectDatabase } from '../database/database.ts'
import { databaseTrouble } from '../database/database-trouble.ts'
import { migrateDatabase } from '../database/migrate.ts'
import { copyMonths } from '../database/month-partitions.ts'
import { MoveRefused, moveDatabase } from '../database/move-database.ts'
import { openDatabase } from '../database/open-database.ts'
import { addAfterRestore } from './database-after-restore.ts'
import { addResume } from './database-resume.ts'
import { CommandFailed, printList, readServerConfig, type Terminal } from './terminal.ts'

/** `database move|after-restore|resume`: into another PostgreSQL, and what follows when one was put back to an earlier state. */
export function addDatabaseCommand(program: Command, terminal: Terminal): void {
  const database = program.command('database').addHelpText('afterAll', examples)
  database
    .command('move')
    .description('copy everything into an empty PostgreSQL, while no server is running; the source stays unchanged')
    .requiredOption('--to <url>', 'its address, postgres://user:password@host:port/database')
    .option('--json', 'print the tables with their rows')
    .action(async ({ to, json }: { to: string; json?: boolean }) => {
      const tables = await move(terminal, to)
      const total = tables.reduce((sum, { rows }) => sum + rows, 0)
      printList(terminal, json, tables, ({ name, rows }) => `${rows}  ${name}`)
      terminal.say(
        `${total} rows in ${tables.length} tables were copied and counted. Next: set DATABASE_URL to the new database for ` +
          'every server and command, keep the same STANDIN_*_KEYS, start one server, and run "doctor". Keep the source until then.',
      )
    })
  addAfterRestore(database, terminal)
  addResume(database, terminal)
}

const examples = `
Examples:
  standin database move --to postgres://standin:password@db.example.com:5432/standin?sslmode=verify-full
  standin database after-restore --yes
  standin database resume --schedules --deliveries
  standin database resume --schedules --account 11111111-1111-4111-8111-111111111111`

async function move(terminal: Terminal, to: string) {
  const from = await openDatabase(readServerConfig(terminal).database, terminal.say)
  try {
    await migrateDatabase(from.directUrl)
    await migrateDatabase(to).catch((error: unknown) => {
      throw databaseTrouble(error)
        ? new CommandFailed('Cannot use the database of --to. Check its address, user and password.')
        : error
    })
    const statementMs = 24 * 3_600_000 // One statement copies a whole table.
    const source = connectDatabase(from.directUrl, { pool: 1, statementMs })
    const target = connectDatabase(to, { pool: 2, statementMs })
    try {
      await copyMonths(source.db, target.db)
      return await moveDatabase(source.sql, target.sql)
    } catch (error) {
      throw error instanceof MoveRefused ? new CommandFailed(error.message) : error
    } finally {
      await Promise.all([source.close(), target.close()])
    }
  } finally {
    await from.close()
  }
}
