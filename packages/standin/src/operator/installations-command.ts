import type { Command } from 'commander'
import { listAccounts } from '../accounts/account-store.ts'
import { accountArgument, mostListed } from './arguments.ts'
import { addInstallationDecisions } from './installations-decide.ts'
import { describeForOperator, installationLine, installationLines } from './installations-output.ts'
import { printList, printResult, type Terminal, withContext } from './terminal.ts'

/** `installations list|show`, and the operator's decisions. */
export function addInstallationsCommand(program: Command, terminal: Terminal): void {
  const installations = program.command('installations').description('accounts that installed the app')

  installations
    .command('list')
    .description(`the accounts, at most ${mostListed}`)
    .option('--json', 'print them as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const described = await withContext(terminal, async (ctx) => {
        const accountIds = await listAccounts(ctx, 'all', { limit: mostListed })
        return Promise.all(accountIds.map((accountId) => describeForOperator(ctx, accountId)))
      })
      printList(terminal, json, described, installationLine)
    })

  installations
    .command('show')
    .description('one account')
    .addArgument(accountArgument())
    .option('--json', 'print it as JSON')
    .action(async (accountId: string, { json }: { json?: boolean }) => {
      const described = await withContext(terminal, (ctx) => describeForOperator(ctx, accountId))
      printResult(terminal, json, described, () => installationLines(described))
    })

  addInstallationDecisions(installations, terminal)
}
