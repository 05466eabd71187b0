import type { Command } from 'commander'
import { newestCallbacks } from '../callbacks/callback-store.ts'
import { readConfig } from '../config/config.ts'
import { addFollowCommands } from './callbacks-command-follow.ts'
import { addHeldCommands } from './callbacks-command-held.ts'
import { limitNumber, mostListed } from './callbacks-command-output.ts'
import { type CommandContext, printable, withDatabase } from './command-context.ts'

/** `callbacks url|list|held|release|rejected|tail|wait`: where Trackunit must send callbacks, which came, and what was wrong. */
export function addCallbacksCommand(program: Command, context: CommandContext): void {
  const callbacks = program.command('callbacks').description("Trackunit's callbacks")

  callbacks
    .command('url')
    .description('the address for the manifest, with its secret')
    .action(() => {
      const { http, callback } = readConfig(context.app, context.environment, context.say)
      const secret = callback.pathSecrets[0]?.reveal()
      const base = http.publicUrl ? `${http.publicUrl}/trackunit/callback` : context.app.callbackUrl
      context.print(secret ? `${base}/${secret}` : base)
    })

  callbacks
    .command('list')
    .description('the newest ones that were verified and taken')
    .option('--limit <number>', `how many, at most ${mostListed}`, limitNumber, 20)
    .option('--json', 'print them as JSON')
    .action(async ({ limit, json }: { limit: number; json?: boolean }) => {
      const rows = await withDatabase(context, ({ db }) => newestCallbacks(db, limit))
      const shown = rows.map(({ receivedAt, type, accountId, outcome, generation, issuedAt, claimNames }) => ({
        receivedAt: receivedAt.toISOString(),
        type: printable(type, 64),
        accountId,
        outcome,
        generation,
        issuedAt: issuedAt.toISOString(),
        claimNames: claimNames.map((name) => printable(name, 64)),
      }))
      const line = (each: (typeof shown)[number]) =>
        [each.receivedAt, each.type, each.accountId, each.outcome].join('  ')
      context.print(json ? JSON.stringify(shown) : shown.map(line).join('\n'))
    })

  addHeldCommands(callbacks, context)
  addFollowCommands(callbacks, context)
}
