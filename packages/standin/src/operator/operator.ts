import type { StandinApp } from '@standin/contracts'
import { Command, CommanderError } from 'commander'
import { ConfigError } from '../config/config-error.ts'
import type { Environment } from '../config/environment-schema.ts'
import { databaseTrouble } from '../database/database-trouble.ts'
import { EmbeddedPostgresError } from '../database/embedded-postgres/index.ts'
import { toRefusal } from '../refusal.ts'
import { CommandFailed, printable, type Terminal } from './terminal.ts'

export interface OperatorCommand {
  app: StandinApp
  /** The project's folder; by default the one that the command runs in. */
  root?: string
  /** Without the name of the program. */
  argv: readonly string[]
  environment: Environment
  /** Whether `writeOut` leads to a terminal that shows colours. */
  isColoured?: boolean
  /** For results. */
  writeOut: (text: string) => void
  /** For messages. */
  writeErr: (text: string) => void
}

type Add = (program: Command, terminal: Terminal) => void

/** Each is loaded when it is called: together they would take most of a second. */
const commands: Record<string, () => Promise<Add>> = {
  callbacks: async () => (await import('./callbacks-command.ts')).addCallbacksCommand,
  identity: async () => (await import('./identity-command.ts')).addIdentityCommand,
  installations: async () => (await import('./installations-command.ts')).addInstallationsCommand,
  run: async () => (await import('./run-command.ts')).addRunCommand,
  account: async () => (await import('./account-command.ts')).addAccountCommand,
  runs: async () => (await import('./runs-command.ts')).addRunsCommand,
  deliveries: async () => (await import('./deliveries-command.ts')).addDeliveriesCommand,
  keys: async () => (await import('./keys-command.ts')).addKeysCommand,
  grants: async () => (await import('./grants-command.ts')).addGrantsCommand,
  audit: async () => (await import('./audit-command.ts')).addAuditCommand,
  'encryption-keys': async () => (await import('./encryption-keys-command.ts')).addEncryptionKeysCommand,
  database: async () => (await import('./database-command.ts')).addDatabaseCommand,
  doctor: async () => (await import('./doctor-command.ts')).addDoctorCommand,
  dev: async () => (await import('./dev-command.ts')).addDevCommand,
  console: async () => (await import('./console-command.ts')).addConsoleCommand,
}

/**
 * The operator's program: parses, calls the functions that the server calls, prints.
 * @returns the exit code: 0, 1 (failed), 2 (usage)
 */
export async function runOperatorCommand({
  app,
  root = process.cwd(),
  argv,
  environment,
  isColoured = false,
  ...to
}: OperatorCommand): Promise<number> {
  const { writeOut, writeErr } = to
  const terminal: Terminal = {
    app,
    root,
    environment,
    isColoured,
    print: (text) => writeOut(text === '' ? '' : `${text}\n`),
    say: (text) => writeErr(`${text}\n`),
  }
  const program = new Command('standin').description("Standin's commands for the operator")
  const [called = ''] = argv
  const loaded = Object.hasOwn(commands, called) ? [commands[called]] : Object.values(commands) // The help has all.
  for (const load of loaded) (await load?.())?.(program, terminal)
  for (const command of [program, ...program.commands, ...program.commands.flatMap((each) => each.commands)])
    command.exitOverride().showHelpAfterError().configureOutput({ writeOut, writeErr })

  try {
    await program.parseAsync([...argv], { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    terminal.say(explain(error))
    return 1
  }
}

/** The part of an error that the operator may see: only our own texts. */
function explain(error: unknown): string {
  if ([ConfigError, EmbeddedPostgresError, CommandFailed].some((ours) => error instanceof ours))
    return (error as Error).message
  const trouble = databaseTrouble(error)
  if (trouble) return trouble
  const { reason, message, issues = [] } = toRefusal(error)
  // The reason's own text mentions a log and a request id, which a command does not have.
  if (reason === 'INTERNAL') return 'INTERNAL: The command failed unexpectedly.'
  return [
    `${reason}: ${message}`,
    ...issues.map((issue) => `  ${printable(issue.path)}: ${printable(issue.message)}`),
  ].join('\n')
}
