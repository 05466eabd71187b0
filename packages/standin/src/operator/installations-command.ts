import type { Command } from 'commander'
import { listInstallations } from '../accounts/installation-store.ts'
import { type CommandContext, withDatabase } from './command-context.ts'
import { addInstallationDecisions } from './installations-command-decisions.ts'
import {
  accountArgument,
  describeForOperator,
  installationLine,
  installationLines,
} from './installations-command-output.ts'

const mostListed = 1_000

/** `installations list|show`, and what the operator may decide about one. */
export function addInstallationsCommand(program: Command, context: CommandContext): void {
  const installations = program.command('installations').description('accounts that installed the app')

  installations
    .command('list')
    .description(`the accounts, at most ${mostListed}`)
    .option('--json', 'print them as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const described = await withDatabase(context, async ({ db, config }) => {
        const rows = await listInstallations(db, mostListed)
        return Promise.all(rows.map(({ accountId }) => describeForOperator(db, config, accountId)))
      })
      context.print(json ? JSON.stringify(described) : described.map(installationLine).join('\n'))
    })

  installations
    .command('show')
    .description('one account')
    .addArgument(accountArgument())
    .option('--json', 'print it as JSON')
    .action(async (accountId: string, { json }: { json?: boolean }) => {
      const described = await withDatabase(context, ({ db, config }) => describeForOperator(db, config, accountId))
      context.print(json ? JSON.stringify(described) : installationLines(described))
    })

  addInstallationDecisions(installations, context)
}
