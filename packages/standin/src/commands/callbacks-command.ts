import { type Command, InvalidArgumentError } from 'commander'
import { newestCallbacks } from '../callbacks/callback-store.ts'
import { readConfig } from '../config.ts'
import { type CommandContext, printable, withDatabase } from './command-context.ts'

const mostListed = 1_000

/** `callbacks url|list`: where Trackunit must send callbacks, and which came. */
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
}

function limitNumber(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1 || number > mostListed)
    throw new InvalidArgumentError(`1 to ${mostListed}`)
  return number
}
