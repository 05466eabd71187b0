import type { Command } from 'commander'
import { type CallbackArrival, findNewestApplied } from '../callbacks/arrival-store.ts'
import { followCallbacks } from '../callbacks/follow-callbacks.ts'
import type { Context } from '../context.ts'
import { type Named, withNames } from './account-names.ts'
import { accountId, numberUpTo } from './arguments.ts'
import { arrivalLine, describeArrival } from './callbacks-output.ts'
import { CommandFailed, printResult, type Terminal, withContext } from './terminal.ts'
import { untilEnded } from './until-ended.ts'

const everyMs = 500
const dayS = 86_400

interface WaitOptions {
  account: string
  seconds: number
  new?: boolean
  json?: boolean
}

/** `callbacks tail|wait`: callbacks, live. */
export function addFollowCommands(callbacks: Command, terminal: Terminal): void {
  callbacks
    .command('tail')
    .description('print callbacks, live: applied, held, unverified, and samples of rejected ones')
    .option('--seconds <number>', 'stop after this time; otherwise with Ctrl-C', numberUpTo(dayS))
    .option('--json', 'print a JSON line for each')
    .action(async ({ seconds, json }: { seconds?: number; json?: boolean }) => {
      await withContext(terminal, async (ctx) => {
        terminal.say('Waiting for callbacks.')
        await untilEnded(seconds, async (signal) => {
          for await (const arrival of follow(ctx, signal)) printArrival(terminal, json, await named(ctx, arrival))
        })
      })
    })

  callbacks
    .command('wait')
    .description('wait until a callback of an account is applied; on failure, print the callbacks that arrived')
    .requiredOption('--account <id>', "the account's id", accountId)
    .option('--seconds <number>', 'how long', numberUpTo(dayS), 300)
    .option('--new', 'ignore callbacks that arrived before')
    .option('--json', 'print it as JSON')
    .action(async (options: WaitOptions) => {
      printArrival(
        terminal,
        options.json,
        await withContext(terminal, async (ctx) => named(ctx, await waitForCallback(ctx, options))),
      )
    })
}

/** @throws CommandFailed with the other callbacks that arrived in this time */
async function waitForCallback(ctx: Context, { account, seconds, new: onlyNew }: WaitOptions) {
  const before = onlyNew ? undefined : await findNewestApplied(ctx.db, account)
  if (before) return before
  const others: CallbackArrival[] = []
  const found = await untilEnded(seconds, async (signal) => {
    for await (const arrival of follow(ctx, signal)) {
      if (arrival.accountId === account && isApplied(arrival)) return arrival
      others.push(arrival)
    }
    return undefined
  })
  if (found) return found
  const failure = `No callback of ${account} was applied within ${seconds} s.`
  if (others.length === 0)
    throw new CommandFailed(`${failure} No callback arrived: compare "callbacks url" with the manifest.`)
  const lines = (await withNames(ctx, others.slice(0, 20))).map((arrival) => arrivalLine(describeArrival(arrival)))
  throw new CommandFailed([`${failure} These arrived:`, ...lines].join('\n'))
}

const isApplied = ({ outcome }: CallbackArrival) => !['held', 'unverified', 'rejected'].includes(outcome)

async function named(ctx: Context, arrival: CallbackArrival): Promise<Named<CallbackArrival>> {
  const [shown] = await withNames(ctx, [arrival])
  return shown ?? { ...arrival, accountName: null }
}

function printArrival(terminal: Terminal, json: boolean | undefined, arrival: Named<CallbackArrival>): void {
  const shown = describeArrival(arrival)
  printResult(terminal, json, shown, () => arrivalLine(shown))
}

const follow = (ctx: Context, signal: AbortSignal) => followCallbacks(ctx, { since: new Date(), signal, everyMs })
