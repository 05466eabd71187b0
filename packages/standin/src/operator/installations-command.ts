import { type InstallationState, installationStateSchema } from '@standin/contracts'
import { type Command, Option } from 'commander'
import { listMayBe } from '../accounts/account-list-store.ts'
import type { Context } from '../context.ts'
import { nameColumn } from './account-names.ts'
import { accountArgument, accountId, limitNumber, mostListed, searchText } from './arguments.ts'
import { checkKnownAccount } from './check-known-account.ts'
import { addInstallationDecisions } from './installations-decide.ts'
import {
  describeAllForOperator,
  describeForOperator,
  type InstallationForOperator,
  installationLines,
} from './installations-output.ts'
import { type Columns, printTable, sayMore } from './print-table.ts'
import { printable, printResult, type Terminal, withContext } from './terminal.ts'

interface ListOptions {
  state?: InstallationState | undefined
  search?: string | undefined
  after?: string | undefined
  limit: number
  json?: boolean
}

/** `installations list|show`, and the operator's decisions. */
export function addInstallationsCommand(program: Command, terminal: Terminal): void {
  const installations = program.command('installations').addHelpText('afterAll', examples)

  installations
    .command('list')
    .description('the accounts, in the order of their ids')
    .addOption(new Option('--state <state>', 'only in this state').choices(installationStateSchema.options))
    .option('--search <text>', 'only those whose id or client id begins so, or whose name has it', searchText)
    .option('--after <account>', 'continue after this account, the last of an earlier list', accountId)
    .option('--limit <number>', `how many, at most ${mostListed}`, limitNumber, mostListed)
    .option('--json', 'print them as JSON')
    .action(async ({ json, ...options }: ListOptions) => {
      const found = await withContext(terminal, (ctx) => describeAccounts(ctx, options))
      const page = found.slice(0, options.limit)
      printTable(terminal, json, page, { none: 'No accounts.', columns })
      sayMore(terminal, found.length > page.length, `add --after ${page.at(-1)?.accountId}`)
    })

  installations
    .command('show')
    .description('one account')
    .addArgument(accountArgument())
    .option('--json', 'print it as JSON')
    .action(async (accountId: string, { json }: { json?: boolean }) => {
      const described = await withContext(terminal, async (ctx) => {
        await checkKnownAccount(ctx, accountId)
        return describeForOperator(ctx, accountId)
      })
      printResult(terminal, json, described, () => installationLines(described))
    })

  addInstallationDecisions(installations, terminal)
}

const examples = `
Examples:
  standin installations list --state parked
  standin installations list --search Acme
  standin installations show 11111111-1111-4111-8111-111111111111
  standin installations approve 11111111-1111-4111-8111-111111111111 2
  standin installations erase 11111111-1111-4111-8111-111111111111 --yes`

/** One more than the limit, if there are more: by pages, since the state of an account is not stored as one. */
export async function describeAccounts(
  ctx: Context,
  { state, search, after, limit }: Omit<ListOptions, 'json'>,
): Promise<InstallationForOperator[]> {
  const perPage = state === undefined ? limit + 1 : Math.max(limit + 1, 250) // Not all that are read are in this state.
  const accountIds = await listMayBe(ctx.db, { state, search, after, limit: perPage })
  const page = await describeAllForOperator(ctx, accountIds)
  const found = page.filter((each) => state === undefined || each.state === state)
  if (found.length > limit || accountIds.length < perPage) return found.slice(0, limit + 1)
  const rest = await describeAccounts(ctx, { state, search, after: accountIds.at(-1), limit: limit - found.length })
  return [...found, ...rest]
}

const columns: Columns<InstallationForOperator> = {
  ACCOUNT: ({ accountId }) => accountId,
  ...nameColumn,
  STATE: ({ state }) => state,
  REASON: ({ reason }) => reason,
  SINCE: ({ since }) => since,
  GENERATION: ({ generation }) => generation,
  SCOPES: ({ grantedScopes }) => printable(grantedScopes.join(' ')),
}
