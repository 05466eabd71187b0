import type { Command } from 'commander'
import { listHolders, type TokenHolder } from '../audit/hand-out-store.ts'
import { accountId, generationNumber } from './arguments.ts'
import { checkKnownAccount } from './check-known-account.ts'
import { type Columns, printTable } from './print-table.ts'
import { printable, type Terminal, withContext } from './terminal.ts'

/** `audit holders` and `keys holders`: which services and keys hold tokens of a set of credentials. */
export function addHolders(command: Command, terminal: Terminal): void {
  command
    .description('who received tokens of a set of credentials')
    .requiredOption('--account <id>', "the account's id", accountId)
    .requiredOption('--generation <number>', 'the number of the credentials', generationNumber)
    .option('--json', 'print them as JSON')
    .action(async ({ account, generation, json }: { account: string; generation: number; json?: boolean }) => {
      const holders = await withContext(terminal, async (ctx) => {
        const found = await listHolders(ctx.db, account, generation)
        if (found.length === 0) await checkKnownAccount(ctx, account) // The audit outlives the account.
        return found
      })
      printTable(terminal, json, holders, { none: 'No service received a token of these credentials.', columns })
    })
}

const columns: Columns<TokenHolder> = {
  HOLDER: ({ actorKind, actorId }) => `${actorKind} ${printable(actorId)}`,
  KEY: ({ key }) => key && printable(key),
  TOKENS: ({ tokens }) => tokens,
  TIMES: ({ handOuts }) => handOuts,
  FIRST: ({ firstAt }) => firstAt,
  LAST: ({ lastAt }) => lastAt,
  SCOPES: ({ scopes }) => printable(scopes.join(' ')),
}
