import type { StandinApp } from '@standin/contracts'
import { Command, CommanderError } from 'commander'
import type { Environment } from '../config/environment-schema.ts'
import type { Terminal } from './terminal.ts'

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

interface CommandGroup {
  description: string
  /** Its module is loaded when it is called: together they would take most of a second. */
  load: () => Promise<Add>
}

/** What `standin --help` lists, without loading any of it. */
export const commands: Record<string, CommandGroup> = {
  doctor: {
    description: 'check settings, database, keys, clocks and addresses; exits with 1 if anything is wrong',
    load: async () => (await import('./doctor-command.ts')).addDoctorCommand,
  },
  console: {
    description: 'print and open a link to the web console, which works once, within a minute; sessions, end',
    load: async () => (await import('./console-command.ts')).addConsoleCommand,
  },
  callbacks: {
    description: "Trackunit's callbacks: url, list, held, release, dismiss, rejected, tail, wait",
    load: async () => (await import('./callbacks-command.ts')).addCallbacksCommand,
  },
  identity: {
    description: "what Trackunit's JWTs carry: observed",
    load: async () => (await import('./identity-command.ts')).addIdentityCommand,
  },
  installations: {
    description:
      'accounts that installed the app: list, show, try, pause, resume, approve, refuse, release, rollback, restore, dismiss, erase',
    load: async () => (await import('./installations-command.ts')).addInstallationsCommand,
  },
  account: {
    description: 'what happened on an account, and what you call it: story, name',
    load: async () => (await import('./account-command.ts')).addAccountCommand,
  },
  runs: {
    description: 'background runs of actions: list, cancel, retry',
    load: async () => (await import('./runs-command.ts')).addRunsCommand,
  },
  deliveries: {
    description: 'results that are sent to an address: list, retry',
    load: async () => (await import('./deliveries-command.ts')).addDeliveriesCommand,
  },
  keys: {
    description: 'keys of services: create, list, rotate, revoke, holders',
    load: async () => (await import('./keys-command.ts')).addKeysCommand,
  },
  grants: {
    description: 'what services may do: list, set, remove',
    load: async () => (await import('./grants-command.ts')).addGrantsCommand,
  },
  audit: {
    description: 'the record of every change and every token handed out: list, export, verify, holders',
    load: async () => (await import('./audit-command.ts')).addAuditCommand,
  },
  'encryption-keys': {
    description: 'the keys that encrypt secrets and tokens: list, reencrypt, check-unused',
    load: async () => (await import('./encryption-keys-command.ts')).addEncryptionKeysCommand,
  },
  database: {
    description: "Standin's database: move, after-restore, resume",
    load: async () => (await import('./database-command.ts')).addDatabaseCommand,
  },
  run: {
    description: 'run one action on an account and print its progress',
    load: async () => (await import('./run-command.ts')).addRunCommand,
  },
  check: {
    description: 'load standin.config.ts and the actions as the server does, and name the file and line of a mistake',
    load: async () => (await import('./check-command.ts')).addCheckCommand,
  },
  dev: {
    description: 'run the server, a simulated Trackunit and the app on this machine',
    load: async () => (await import('./dev-command.ts')).addDevCommand,
  },
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
  const called = argv[argv[0] === 'help' ? 1 : 0]
  for (const [name, { description, load }] of Object.entries(commands)) {
    if (name === called) (await load())(program, terminal)
    else program.command(name)
    const command = program.commands.at(-1)
    if (command?.description() === '') command.description(description)
  }
  for (const command of [program, ...program.commands, ...program.commands.flatMap((each) => each.commands)])
    command.exitOverride().showHelpAfterError().configureOutput({ writeOut, writeErr })

  try {
    await program.parseAsync([...argv], { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    terminal.say((await import('./explain.ts')).explain(error))
    return 1
  }
}
