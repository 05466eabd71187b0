import type { Command } from 'commander'
import { newestCallbacks } from '../callbacks/callback-store.ts'
import { readConfig } from '../config/config.ts'
import { nameColumn, withNames } from './account-names.ts'
import { limitNumber, mostListed } from './arguments.ts'
import { addFollowCommands } from './callbacks-follow.ts'
import { addHeldCommands } from './callbacks-held.ts'
import { printTable } from './print-table.ts'
import { printable, type Terminal, withContext } from './terminal.ts'

/** `callbacks url|list|held|release|dismiss|rejected|tail|wait`. */
export function addCallbacksCommand(program: Command, terminal: Terminal): void {
  const callbacks = program.command('callbacks').addHelpText('afterAll', examples)

  callbacks
    .command('url')
    .description('the address for the manifest, with its secret')
    .action(() => {
      const { http, callback } = readConfig(terminal.app, terminal.environment, terminal.say)
      const secret = callback.pathSecrets[0]?.reveal()
      const base = http.publicUrl ? `${http.publicUrl}/trackunit/callback` : terminal.app.callbackUrl
      terminal.print(secret ? `${base}/${secret}` : base)
    })

  callbacks
    .command('list')
    .description('the newest callbacks that were verified and applied')
    .option('--limit <number>', `how many, at most ${mostListed}`, limitNumber, 20)
    .option('--json', 'print them as JSON')
    .action(async ({ limit, json }: { limit: number; json?: boolean }) => {
      const rows = await withContext(terminal, async (ctx) => withNames(ctx, await newestCallbacks(ctx.db, limit)))
      const shown = rows.map(
        ({ receivedAt, type, accountId, accountName, outcome, generation, issuedAt, claimNames }) => ({
          receivedAt: receivedAt.toISOString(),
          type: printable(type, 64),
          accountId,
          accountName,
          outcome,
          generation,
          issuedAt: issuedAt.toISOString(),
          claimNames: claimNames.map((name) => printable(name, 64)),
        }),
      )
      printTable(terminal, json, shown, {
        none: 'No callbacks.',
        columns: {
          RECEIVED: ({ receivedAt }) => receivedAt,
          TYPE: ({ type }) => type,
          ACCOUNT: ({ accountId }) => accountId,
          ...nameColumn,
          OUTCOME: ({ outcome }) => outcome,
        },
      })
    })

  addHeldCommands(callbacks, terminal)
  addFollowCommands(callbacks, terminal)
}

const examples = `
Examples:
  standin callbacks wait --account 11111111-1111-4111-8111-111111111111
  standin callbacks held
  standin callbacks release 22222222-2222-4222-8222-222222222222
  standin callbacks dismiss 22222222-2222-4222-8222-222222222222 --yes`
