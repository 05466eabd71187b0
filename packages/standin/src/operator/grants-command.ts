import type { Command } from 'commander'
import { listGrants } from '../access/access-store.ts'
import { grant, removeGrant } from '../access/change-grants.ts'
import { accountOrAll, scopeList, serviceName } from './access-arguments.ts'
import { type CommandContext, operator, printable, withDatabase } from './command-context.ts'

/** `grants list|set|remove`: what services may do, by account. What does not stand there is refused. */
export function addGrantsCommand(program: Command, context: CommandContext): void {
  const grants = program.command('grants').description('what services may do')
  grants
    .command('list')
    .description('every grant')
    .option('--service <name>', 'of one service', serviceName)
    .option('--account <id>', 'those that apply to an account, or to all', accountOrAll)
    .option('--json', 'print them as JSON')
    .action(async ({ service, account, json }: { service?: string; account?: string; json?: boolean }) => {
      const rows = await withDatabase(context, ({ db }) => listGrants(db, { service, accountId: account }))
      const shown = rows.map(({ service, accountId, scopes }) => ({ service, account: accountId, scopes }))
      const line = (each: (typeof shown)[number]) =>
        [each.service, each.account, printable(each.scopes.join(' '))].join('  ')
      context.print(json ? JSON.stringify(shown) : shown.map(line).join('\n'))
    })

  grants
    .command('set')
    .description('set what a service may do on an account; what it could do there before is replaced')
    .requiredOption('--service <name>', 'which one', serviceName)
    .requiredOption('--account <id>', "an account's id, or all", accountOrAll)
    .requiredOption('--scopes <scopes>', 'separated by spaces', scopeList)
    .action(async ({ service, account, scopes }: { service: string; account: string; scopes: string[] }) => {
      await withDatabase(context, ({ db, config }) =>
        grant(
          db,
          config.app.scopes.map(({ scope }) => scope),
          { service, accountId: account, scopes, actor: operator },
        ),
      )
      context.say(`${service} may do on ${account}: ${scopes.join(' ')}.`)
    })

  grants
    .command('remove')
    .description('take a grant away, within a second on every server')
    .requiredOption('--service <name>', 'which one', serviceName)
    .requiredOption('--account <id>', "an account's id, or all", accountOrAll)
    .action(async ({ service, account }: { service: string; account: string }) => {
      await withDatabase(context, ({ db }) => removeGrant(db, { service, accountId: account, actor: operator }))
      context.say(`${service} has no grant on ${account} any more.`)
    })
}
