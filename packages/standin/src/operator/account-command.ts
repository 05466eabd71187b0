import { type Command, InvalidArgumentError } from 'commander'
import { nameAccount } from '../accounts/names/account-name.ts'
import { readAccountNames } from '../accounts/names/account-name-store.ts'
import { readAccountStory, readStoryPlace, type StoryEvent, type StoryPlace } from './account-story.ts'
import { accountArgument, accountName, limitNumber, mostListed } from './arguments.ts'
import { checkKnownAccount } from './check-known-account.ts'
import { type Columns, printTable, sayMore } from './print-table.ts'
import { CommandFailed, operator, printable, type Terminal, withContext } from './terminal.ts'

interface StoryOptions {
  after?: StoryPlace
  limit: number
  json?: boolean
}

/** `account story|name`: what happened on one account, and what the operator calls it. */
export function addAccountCommand(program: Command, terminal: Terminal): void {
  const account = program.command('account').addHelpText('afterAll', examples)

  account
    .command('story')
    .description('callbacks, credentials, hand-outs, runs and deliveries on one time line, the newest first')
    .addArgument(accountArgument())
    .option('--after <place>', 'go on after this place, which an earlier list named', place)
    .option('--limit <number>', `how many entries, at most ${mostListed}`, limitNumber, 100)
    .option('--json', 'print them as JSON')
    .action(async (accountId: string, { json, ...page }: StoryOptions) => {
      const { events, next, name } = await withContext(terminal, async (ctx) => {
        const story = await readAccountStory(ctx, accountId, page)
        if (story.events.length === 0) await checkKnownAccount(ctx, accountId) // The audit outlives the account.
        return { ...story, name: (await readAccountNames(ctx.db, [accountId])).get(accountId) }
      })
      if (name !== undefined) terminal.say(printable(name, 80))
      printTable(terminal, json, events, { none: 'Nothing happened on this account.', columns })
      sayMore(terminal, next !== undefined, `add --after ${next}`)
    })

  account
    .command('name')
    .description('keep a name for an account, for your lists and searches; Trackunit sends none')
    .addArgument(accountArgument())
    .argument('[name]', 'what you call it, at most 80 characters; without it, the name is printed', accountName)
    .option('--remove', 'have no name for it any more')
    .action(async (accountId: string, given: string | undefined, { remove = false }: { remove?: boolean }) => {
      if (given !== undefined && remove) throw new CommandFailed('Give a name, or --remove, not both.')
      const name = await withContext(terminal, async (ctx) => {
        if (given !== undefined || remove) await nameAccount(ctx, { accountId, name: given ?? null, actor: operator })
        else await checkKnownAccount(ctx, accountId)
        return (await readAccountNames(ctx.db, [accountId])).get(accountId)
      })
      if (name === undefined) terminal.say(`${accountId} has no name.`)
      else terminal.print(printable(name, 80))
    })
}

const examples = `
Examples:
  standin account story 11111111-1111-4111-8111-111111111111
  standin account story 11111111-1111-4111-8111-111111111111 --limit 1000 --json
  standin account name 11111111-1111-4111-8111-111111111111 Acme
  standin account name 11111111-1111-4111-8111-111111111111 --remove`

function place(text: string): StoryPlace {
  const read = readStoryPlace(text)
  if (!read) throw new InvalidArgumentError('a place that an earlier list named')
  return read
}

const columns: Columns<StoryEvent> = {
  AT: ({ at }) => at.toISOString(),
  WHAT: ({ event, times }) => (times === 1 ? event : `${event} (${times} times)`),
  BY: ({ actor }) => printable(actor, 64),
  GENERATION: ({ generation }) => generation,
  DETAILS: ({ details }) => printable(wordsOf(details), 160),
}

/** The details of an event in one line. */
export const wordsOf = (details: Record<string, unknown>): string =>
  Object.entries(details)
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => `${name} ${inWords(value)}`)
    .join(', ')

function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(inWords).join(' ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
