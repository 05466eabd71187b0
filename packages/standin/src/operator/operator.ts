import type { StandinApp } from '@standin/contracts'
import { Command, CommanderError } from 'commander'
import { ConfigError } from '../config/config-error.ts'
import type { Environment } from '../config/environment-schema.ts'
import { databaseTrouble } from '../database/database-trouble.ts'
import { EmbeddedPostgresError } from '../database/embedded-postgres/index.ts'
import { toRefusal } from '../refusal.ts'
import { addAuditCommand } from './audit-command.ts'
import { addCallbacksCommand } from './callbacks-command.ts'
import { CommandFailed } from './command-context.ts'
import { addDatabaseCommand } from './database-command.ts'
import { addDoctorCommand } from './doctor-command.ts'
import { addEncryptionKeysCommand } from './encryption-keys-command.ts'
import { addGrantsCommand } from './grants-command.ts'
import { addIdentityCommand } from './identity-command.ts'
import { addInstallationsCommand } from './installations-command.ts'
import { addKeysCommand } from './keys-command.ts'

export interface OperatorCommand {
  app: StandinApp
  /** Without the program's own name. */
  argv: readonly string[]
  environment: Environment
  /** Results. */
  writeOut: (text: string) => void
  /** Talk. */
  writeErr: (text: string) => void
}

/**
 * The operator's program: parses, calls the functions that the server calls, prints.
 * @returns the exit code: 0, 1 (failed), 2 (usage)
 */
export async function runOperatorCommand({
  app,
  argv,
  environment,
  writeOut,
  writeErr,
}: OperatorCommand): Promise<number> {
  const context = {
    app,
    environment,
    print: (text: string) => writeOut(text === '' ? '' : `${text}\n`),
    say: (text: string) => writeErr(`${text}\n`),
  }
  const program = new Command('standin').description("Standin's commands for the operator")
  addCallbacksCommand(program, context)
  addIdentityCommand(program, context)
  addInstallationsCommand(program, context)
  addKeysCommand(program, context)
  addGrantsCommand(program, context)
  addAuditCommand(program, context)
  addEncryptionKeysCommand(program, context)
  addDatabaseCommand(program, context)
  addDoctorCommand(program, context)
  for (const command of [program, ...program.commands, ...program.commands.flatMap((each) => each.commands)])
    command.exitOverride().showHelpAfterError().configureOutput({ writeOut, writeErr })

  try {
    await program.parseAsync([...argv], { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    context.say(explain(error))
    return 1
  }
}

/** What an operator may read of an error: our own words alone. */
function explain(error: unknown): string {
  if ([ConfigError, EmbeddedPostgresError, CommandFailed].some((ours) => error instanceof ours))
    return (error as Error).message
  const trouble = databaseTrouble(error)
  if (trouble) return trouble
  const { reason, message } = toRefusal(error)
  // There is no answer and no request here that the reason's own words could point to.
  return reason === 'INTERNAL'
    ? 'INTERNAL: The command failed for a reason that Standin does not know.'
    : `${reason}: ${message}`
}
