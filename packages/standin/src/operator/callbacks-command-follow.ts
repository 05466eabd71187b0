import { setTimeout } from 'node:timers/promises'
import type { Command } from 'commander'
import { newsSince } from '../callbacks/callback-news-store.ts'
import { findTakenCallback } from '../callbacks/callback-store.ts'
import { type CallbackNews, followCallbacks } from '../callbacks/follow-callbacks.ts'
import type { Database } from '../database/database.ts'
import { describeNews, newsLine, numberUpTo } from './callbacks-command-output.ts'
import { type CommandContext, CommandFailed, withDatabase } from './command-context.ts'
import { accountId } from './installations-command-output.ts'

const everyMs = 500
const dayS = 86_400

/** `callbacks tail|wait`: did Trackunit call, and what was wrong? */
export function addFollowCommands(callbacks: Command, context: CommandContext): void {
  callbacks
    .command('tail')
    .description('print what comes, as it comes: taken, held, unverified, and samples of what is rejected')
    .option('--seconds <number>', 'end after so long; else with Ctrl-C', numberUpTo(dayS))
    .option('--json', 'print a JSON line for each')
    .action(async ({ seconds, json }: { seconds?: number; json?: boolean }) => {
      await withDatabase(context, async ({ db }) => {
        context.say('Waiting for callbacks.')
        await untilEnded(seconds, async (signal) => {
          for await (const news of follow(db, signal)) {
            const shown = describeNews(news)
            context.print(json ? JSON.stringify(shown) : newsLine(shown))
          }
        })
      })
    })

  callbacks
    .command('wait')
    .description('wait until a callback of an account was taken; say what else came when none was')
    .requiredOption('--account <id>', "the account's id", accountId)
    .option('--seconds <number>', 'how long', numberUpTo(dayS), 300)
    .option('--new', 'one that came before does not count')
    .option('--json', 'print it as JSON')
    .action(async (options: { account: string; seconds: number; new?: boolean; json?: boolean }) => {
      const { account, seconds, json } = options
      await withDatabase(context, async ({ db }) => {
        const before = options.new ? undefined : await findTakenCallback(db, account)
        const others: CallbackNews[] = []
        const found =
          before ??
          (await untilEnded(seconds, async (signal) => {
            for await (const news of follow(db, signal)) {
              if (news.accountId === account && isTaken(news)) return news
              others.push(news)
            }
            return undefined
          }))
        if (!found) throw new CommandFailed(nothingCame(seconds, account, others))
        const shown = describeNews(found)
        context.print(json ? JSON.stringify(shown) : newsLine(shown))
      })
    })
}

const isTaken = ({ outcome }: CallbackNews) => !['held', 'unverified', 'rejected'].includes(outcome)

function nothingCame(seconds: number, account: string, others: readonly CallbackNews[]): string {
  const said = `No callback of ${account} was taken within ${seconds} s.`
  if (others.length === 0) return `${said} Nothing came at all: compare "callbacks url" with the manifest.`
  return [`${said} What came:`, ...others.slice(0, 20).map((news) => newsLine(describeNews(news)))].join('\n')
}

/** Follows until a signal of the process or the end of the time. */
async function untilEnded<Result>(
  seconds: number | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const ended = new AbortController()
  const end = () => ended.abort()
  process.on('SIGINT', end).on('SIGTERM', end)
  try {
    const timeout = seconds === undefined ? [] : [AbortSignal.timeout(seconds * 1_000)]
    return await work(AbortSignal.any([ended.signal, ...timeout]))
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end)
  }
}

const follow = (db: Database, signal: AbortSignal) =>
  followCallbacks((from) => newsSince(db, from), { since: new Date(), signal, pause: pauseUntil(signal) })

const pauseUntil = (signal: AbortSignal) => () => setTimeout(everyMs, undefined, { signal }).catch(() => {})
