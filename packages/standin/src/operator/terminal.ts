import { existsSync } from 'node:fs'
import type { StandinApp } from '@standin/contracts'
import { type AccountsContext, createAccountsMemory } from '../accounts/accounts-context.ts'
import type { Actor } from '../audit/record.ts'
import { sealAll } from '../audit/seal-entries.ts'
import { systemClock } from '../clock.ts'
import { type Config, readConfig } from '../config/config.ts'
import type { Environment } from '../config/environment-schema.ts'
import { openContext } from '../context.ts'
import { embeddedFolder } from '../database/embedded-postgres/embedded-folder.ts'
import { createLogger } from '../observability/logger.ts'
import { accountsHooks } from '../when-uninstalled.ts'

/** Where a command runs. Results go to standard output, messages to standard error. */
export interface Terminal {
  app: StandinApp
  /** The project's folder. */
  root: string
  environment: Environment
  /** Whether results go to a terminal that shows colours. */
  isColoured: boolean
  print: (text: string) => void
  say: (text: string) => void
}

/** Ends a command with exit code 1 and its message, which may have several lines. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
}

/** The actor of everything that a command changes. */
export const operator: Actor = { kind: 'operator', id: 'command line' }

/**
 * The settings of a command that uses the server's database. A command never creates a database: an empty one would only be
 * mistaken for the server's.
 * @throws CommandFailed if there is none to use
 */
export function readServerConfig({ app, environment, say }: Terminal): Config {
  const { DATABASE_URL, DATABASE_URL_FILE, STANDIN_DATA_DIR = '.standin' } = environment
  const { credentials, root } = embeddedFolder(STANDIN_DATA_DIR)
  if (!DATABASE_URL && !DATABASE_URL_FILE && !existsSync(credentials))
    throw new CommandFailed(
      `There is no database in ${root}, and DATABASE_URL is not set. Set DATABASE_URL and STANDIN_*_KEYS as your servers have ` +
        'them; or set STANDIN_DATA_DIR to the folder of a server that has a database of its own.',
    )
  return readConfig(app, environment, say)
}

/** After so long a command looks whether it waits for something that may not come. */
const silentMs = 5_000

/** Opens the server's database and runs a rule on it, also while servers are running. */
export async function withContext<Result>(
  terminal: Terminal,
  work: (ctx: AccountsContext) => Promise<Result>,
): Promise<Result> {
  const config = readServerConfig(terminal)
  const { say } = terminal
  const world = { clock: systemClock, log: createLogger('silent'), fetch, random: Math.random }
  const { ctx, close } = await openContext(config, world, { say })
  const silent = setTimeout(() => void sayWhatHangs(ctx, say), silentMs).unref()
  try {
    const result = await work({ ...ctx, accounts: createAccountsMemory(accountsHooks) })
    await sealAll(ctx) // A server may not be running.
    return result
  } finally {
    clearTimeout(silent)
    await close()
  }
}

/** Tells an operator who waits for a command that the database does not commit. */
export async function sayWhatHangs({ db }: Pick<AccountsContext, 'db'>, say: Terminal['say']): Promise<void> {
  const { waitsForStandby } = await import('./doctor/waits-for-standby.ts')
  if (await waitsForStandby(db).catch(() => false))
    say(
      'The database waits for a synchronous standby before it commits. What this command changes may be made, but is not confirmed: ' +
        'bring the standby back, or take it out of synchronous_standby_names. Ctrl-C ends the command; then look whether the change was made.',
    )
}

/** Prints what a command found, as one line of JSON or as text. */
export function printResult({ print }: Terminal, json: boolean | undefined, result: unknown, text: () => string): void {
  print(json ? JSON.stringify(result) : text())
}

/** The same for a list, one line for each. */
export function printList<Item>(
  terminal: Terminal,
  json: boolean | undefined,
  items: readonly Item[],
  line: (item: Item) => string,
): void {
  printResult(terminal, json, items, () => items.map(line).join('\n'))
}

/** Text from outside, made safe for a terminal: no control characters, at most `length` characters. */
export function printable(text: string, length = 200): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '?').slice(0, length)
}
