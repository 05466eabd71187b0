import type { Command } from 'commander'
import { listGrants } from '../access/access-store.ts'
import { grant, removeGrant } from '../access/change-grants.ts'
import { nameColumn, withNames } from './account-names.ts'
import { accountOrAll, scopeList, serviceName } from './arguments.ts'
import { sayIfUnknown } from './check-known-account.ts'
import { printTable } from './print-table.ts'
import { operator, printable, type Terminal, withContext } from './terminal.ts'

/** `grants list|set|remove`: what services may do, by account. Everything else is refused. */
export function addGrantsCommand(program: Command, terminal: Terminal): void {
  const grants = program.command('grants').addHelpText('afterAll', examples)
  grants
    .command('list')
    .description('every grant')
    .option('--service <name>', 'only of this service', serviceName)
    .option('--account <id>', 'only grants that apply to this account, or to all', accountOrAll)
    .option('--json', 'print them as JSON')
    .action(async ({ service, account, json }: { service?: string; account?: string; json?: boolean }) => {
      const rows = await withContext(terminal, async (ctx) =>
        withNames(ctx, await listGrants(ctx.db, { service, accountId: account })),
      )
      const shown = rows.map(({ accountId, ...row }) => ({
        service: row.service,
        account: accountId,
        accountName: row.accountName,
        scopes: row.scopes,
      }))
      printTable(terminal, json, shown, {
        none: 'No grants.',
        columns: {
          SERVICE: ({ service }) => service,
          ACCOUNT: ({ account }) => account,
          ...nameColumn,
          SCOPES: ({ scopes }) => printable(scopes.join(' ')),
        },
      })
    })

  grants
    .command('set')
    .description('set what a service may do on an account; replaces its previous grant there')
    .requiredOption('--service <name>', 'the service', serviceName)
    .requiredOption('--account <id>', "an account's id, or all", accountOrAll)
    .requiredOption('--scopes <scopes>', 'separated by spaces', scopeList)
    .action(async ({ service, account, scopes }: { service: string; account: string; scopes: string[] }) => {
      await withContext(terminal, async (ctx) => {
        await grant(ctx, { service, accountId: account, scopes, actor: operator })
        await sayIfUnknown(ctx, account, terminal)
      })
      terminal.say(`${service} may do on ${account}: ${scopes.join(' ')}.`)
    })

  grants
    .command('remove')
    .description('remove a grant; every server stops honouring it within a second')
    .requiredOption('--service <name>', 'the service', serviceName)
    .requiredOption('--account <id>', "an account's id, or all", accountOrAll)
    .requiredOption('--yes', 'confirm: what the service does there ends')
    .action(async ({ service, account }: { service: string; account: string }) => {
      await withContext(terminal, (ctx) => removeGrant(ctx, { service, accountId: account, actor: operator }))
      terminal.say(`${service} has no grant on ${account} any more.`)
    })
}

const examples = `
Examples:
  standin grants list --service reports
  standin grants set --service reports --account all --scopes "asset.view"
  standin grants remove --service reports --account 11111111-1111-4111-8111-111111111111 --yes`
