import type { ListedAuditEntry } from '@standin/contracts'
import { type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { type AuditPlace, listAudit } from '../activity/activity-store.ts'
import { chainsOfAudit } from '../activity/newest-audit-store.ts'
import { newestFirst, type Places } from '../activity/newest-first.ts'
import type { Context } from '../context.ts'
import { wordsOf } from './account-command.ts'
import { nameColumn, withNames } from './account-names.ts'
import { accountId, limitNumber, moment, mostListed } from './arguments.ts'
import { type AuditFilter, isWanted, mayBeChanges, mayBeTokens } from './audit-filter.ts'
import { checkKnownAccount } from './check-known-account.ts'
import { type Columns, printTable, sayMore } from './print-table.ts'
import { CommandFailed, printable, type Terminal, withContext } from './terminal.ts'

interface Period {
  from?: Date
  to?: Date
}

interface ListOptions extends Period, AuditFilter {
  account?: string
  after?: Place
  limit: number
  json?: boolean
}

/** `audit list|export`: what was done, in all accounts or in one. */
export function addAuditLists(audit: Command, terminal: Terminal): void {
  inPeriod(audit.command('list'))
    .description('what was done, and which tokens left, the newest first')
    .option('--account <id>', 'only in this account', accountId)
    .option('--event <name>', 'only this, such as credentials.parked, or all about credentials')
    .option('--by <who>', 'only by this kind of actor, such as operator, or by the one with this id or name')
    .option('--key <id>', 'only what was done with this service key, or to it')
    .option('--reason <reason>', 'only what has this reason, such as RESTORED')
    .option('--action <id>', 'only about runs of this action')
    .option('--no-tokens', 'without the tokens that left')
    .option('--after <place>', 'go on after this place, which an earlier list named', place)
    .option('--limit <number>', `how many, at most ${mostListed}`, limitNumber, 50)
    .option('--json', 'print them as JSON')
    .action(async ({ json, ...options }: ListOptions) => {
      const { entries, next } = await withContext(terminal, (ctx) => readList(ctx, options))
      const isOfOne = options.account !== undefined
      printTable(terminal, json, entries, { none: 'No entries.', columns: isOfOne ? columns : columnsOfAll })
      const then = entries.length === options.limit ? '' : `looked at ${mostLooked} entries; `
      sayMore(terminal, next !== undefined, `${then}add --after ${next}`)
    })

  inPeriod(audit.command('export'))
    .description('all entries of an account, each as one line of JSON')
    .requiredOption('--account <id>', 'of this account', accountId)
    .action(async ({ account, ...period }: Period & { account: string }) => {
      await withContext(terminal, async (ctx) => {
        await checkKnownAccount(ctx, account)
        let before: AuditPlace | undefined
        for (;;) {
          const page = await listAudit(ctx.db, { accountId: account, ...period }, { before, limit: mostListed })
          for (const { entry } of page) terminal.print(JSON.stringify(entry))
          before = page.at(-1)?.place
          if (page.length < mostListed) break
        }
      })
    })
}

const inPeriod = (command: Command): Command =>
  command
    .option('--from <time>', 'not before this moment, such as 2026-11-01T00:00:00Z', moment)
    .option('--to <time>', 'not after this moment', moment)

type Entry = ListedAuditEntry & { accountId?: string | null; accountName?: string | null; times?: number }

/** For one page: of a filter that fits few, the list says how far it came. It takes about a second. */
const mostLooked = 50_000

async function readList(ctx: Context, options: ListOptions): Promise<{ entries: Entry[]; next: string | undefined }> {
  const { account, from, to, after, limit } = options
  if (account !== undefined && options.event?.split('.')[0] !== 'change') return readOfAccount(ctx, account, options)
  if (after && !('below' in after)) throw new CommandFailed('This place is of the list of one account: add --account.')
  const chains = await chainsOfAudit(ctx.db, { changes: mayBeChanges(options), tokens: mayBeTokens(options), to })
  const { items, next } = await newestFirst(chains, {
    after,
    from,
    limit,
    mostLooked,
    isWanted: ({ at, entry, accountId }) =>
      (account === undefined || accountId === account) &&
      (from === undefined || at >= from) &&
      (to === undefined || at <= to) &&
      isWanted(entry, options),
  })
  const entries = await withNames(
    ctx,
    items.map(({ entry, accountId, times }) => ({ ...entry, accountId, times })),
  )
  return { entries, next: next && textOf(next) }
}

async function readOfAccount(
  ctx: Context,
  account: string,
  options: ListOptions,
): Promise<{ entries: Entry[]; next: string | undefined }> {
  const { after, from, to, limit } = options
  if (after && 'below' in after)
    throw new CommandFailed('This place is of the list of all accounts: leave --account out.')
  await checkKnownAccount(ctx, account)
  const entries: Entry[] = []
  let place: AuditPlace | undefined = after
  for (let looked = 0; looked < mostLooked; ) {
    const page = await listAudit(ctx.db, { accountId: account, from, to }, { before: place, limit: mostListed })
    for (const each of page) {
      if (entries.length === limit) return { entries, next: place && textOf(place) }
      looked += 1
      place = each.place
      if (isWanted(each.entry, options)) entries.push(each.entry)
    }
    if (page.length < mostListed) return { entries, next: undefined }
  }
  return { entries, next: place && textOf(place) }
}

const placeSchema = z.union([
  z.object({ atMs: z.number(), below: z.record(z.string().max(200), z.int()) }),
  z.object({
    at: z.iso.datetime().transform((text) => new Date(text)),
    number: z.int(),
    writer: z.string().max(200).exactOptional(),
  }),
])
type Place = Places | AuditPlace

const textOf = (place: Place) => Buffer.from(JSON.stringify(place)).toString('base64url')

function place(text: string): Place {
  try {
    return placeSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')))
  } catch {
    throw new InvalidArgumentError('a place that an earlier list named')
  }
}

const columns: Columns<Entry> = {
  AT: ({ at }) => at,
  EVENT: ({ event, times = 1 }) => (times === 1 ? event : `${event} (${times} times)`),
  BY: ({ actor }) => printable(`${actor.kind} ${actor.name ?? actor.id}`, 64),
  GENERATION: ({ generation }) => generation,
  DETAILS: ({ details }) => printable(wordsOf(details), 160),
}

const { AT, EVENT, BY, ...rest } = columns
const columnsOfAll = {
  AT,
  EVENT,
  ACCOUNT: ({ accountId }: Entry) => accountId ?? null,
  ...nameColumn,
  BY,
  ...rest,
} as Columns<Entry>
