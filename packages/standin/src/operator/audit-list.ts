import type { ListedAuditEntry } from '@standin/contracts'
import type { Command } from 'commander'
import { type AuditPlace, listAudit } from '../activity/activity-store.ts'
import { chainsOfAudit } from '../activity/newest-audit-store.ts'
import { newestFirst } from '../activity/newest-first.ts'
import type { Context } from '../context.ts'
import { wordsOf } from './account-command.ts'
import { nameColumn, withNames } from './account-names.ts'
import { accountId, inPeriod, limitNumber, mostListed, type Period } from './arguments.ts'
import { type AuditFilter, isWanted, mayBeChanges, mayBeTokens } from './audit-filter.ts'
import { type Place, place, placeInAll, placeInOne, textOfPlace } from './audit-place.ts'
import { checkKnownAccount } from './check-known-account.ts'
import { type Columns, printTable, sayMore } from './print-table.ts'
import { printable, type Terminal, withContext } from './terminal.ts'

interface ListOptions extends Period, AuditFilter {
  account?: string
  after?: Place
  limit: number
  json?: boolean
}

/** `audit list`: what was done, in all accounts or in one. */
export function addAuditList(audit: Command, terminal: Terminal): void {
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
}

type Entry = ListedAuditEntry & { accountId?: string | null; accountName?: string | null; times?: number }

/** For one page: of a filter that fits few, the list says how far it came. It takes about a second. */
const mostLooked = 50_000

async function readList(ctx: Context, options: ListOptions): Promise<{ entries: Entry[]; next: string | undefined }> {
  const { account, from, to, limit } = options
  if (account !== undefined && options.event?.split('.')[0] !== 'change') return readOfAccount(ctx, account, options)
  const after = placeInAll(options.after)
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
  return { entries, next: next && textOfPlace(next) }
}

async function readOfAccount(
  ctx: Context,
  account: string,
  options: ListOptions,
): Promise<{ entries: Entry[]; next: string | undefined }> {
  const { from, to, limit } = options
  const after = placeInOne(options.after)
  await checkKnownAccount(ctx, account)
  const entries: Entry[] = []
  let place: AuditPlace | undefined = after
  for (let looked = 0; looked < mostLooked; ) {
    const page = await listAudit(ctx.db, { accountId: account, from, to }, { before: place, limit: mostListed })
    for (const each of page) {
      if (entries.length === limit) return { entries, next: place && textOfPlace(place) }
      looked += 1
      place = each.place
      if (isWanted(each.entry, options)) entries.push(each.entry)
    }
    if (page.length < mostListed) return { entries, next: undefined }
  }
  return { entries, next: place && textOfPlace(place) }
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
