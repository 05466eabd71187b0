import { accountIdSchema } from '@standin/contracts'
import { type Command, InvalidArgumentError } from 'commander'
import { createKey } from '../access/create-key.ts'
import { type CommandContext, withDatabase } from './command-context.ts'

const longestDays = 3_650

/** `keys create`: a key for a service, printed once. */
export function addKeysCommand(program: Command, context: CommandContext): void {
  const keys = program.command('keys').description('keys of services')
  keys
    .command('create')
    .description('make a key, grant it scopes, and print the key alone: it is shown this once')
    .requiredOption('--service <name>', 'who will use it', serviceName)
    .requiredOption('--account <id>', "an account's id, or all", account)
    .requiredOption('--scopes <scopes>', 'separated by spaces', scopeList)
    .option('--expires-in-days <days>', 'how long it is good', days, 365)
    .option('--json', 'print { id, key, expiresAt }')
    .action(
      async (options: {
        service: string
        account: string
        scopes: string[]
        expiresInDays: number
        json?: boolean
      }) => {
        const expiresAt = new Date(Date.now() + options.expiresInDays * 86_400_000)
        const { id, key } = await withDatabase(context, ({ db, config }) =>
          createKey(
            db,
            config.app.scopes.map(({ scope }) => scope),
            { ...options, accountId: options.account, expiresAt, actor: { kind: 'operator', id: 'command line' } },
          ),
        )
        context.say(
          `Key ${id} for ${options.service} is good until ${expiresAt.toISOString().slice(0, 10)}. It is stored nowhere: keep it now.`,
        )
        context.print(
          options.json ? JSON.stringify({ id, key: key.reveal(), expiresAt: expiresAt.toISOString() }) : key.reveal(),
        )
      },
    )
}

function serviceName(text: string): string {
  if (!/^[a-z0-9][a-z0-9._-]{0,59}$/i.test(text))
    throw new InvalidArgumentError('letters, digits, dots and hyphens, at most 60')
  return text
}

function account(text: string): string {
  if (text === 'all') return text
  const parsed = accountIdSchema.safeParse(text)
  if (!parsed.success) throw new InvalidArgumentError('an account id (a GUID), or all')
  return parsed.data
}

function scopeList(text: string): string[] {
  const scopes = text.split(/\s+/).filter(Boolean)
  if (scopes.length === 0) throw new InvalidArgumentError('at least one scope')
  return scopes
}

function days(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1 || number > longestDays)
    throw new InvalidArgumentError(`1 to ${longestDays}`)
  return number
}
