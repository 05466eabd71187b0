import type { ListedAuditEntry } from '@standin/contracts'
import type { Command } from 'commander'
import { type AuditPlace, type AuditQuery, listAudit } from '../activity/activity-store.ts'
import { chainsOfAudit } from '../activity/newest-audit-store.ts'
import { newestFirst } from '../activity/newest-first.ts'
import type { Context } from '../context.ts'
import { accountId, inPeriod, mostListed, numberUpTo, type Period } from './arguments.ts'
import { type Place, place, placeInAll, placeInOne, textOfPlace } from './audit-place.ts'
import { checkKnownAccount } from './check-known-account.ts'
import { sayMore } from './print-table.ts'
import { CommandFailed, type Terminal, withContext } from './terminal.ts'
import { untilEnded } from './until-ended.ts'

interface Asked extends Period {
  account?: string
  after?: Place
}

type Exported = ListedAuditEntry & { accountId?: string | null; times?: number }

/** What was read at once. */
interface Piece {
  entries: readonly Exported[]
  /** Once it is printed, the export can go on from here; undefined: from no place yet. */
  place: Place | undefined
}

/** `audit export`: every entry, of all accounts or of one, in little memory. It goes on where it stopped. */
export function addAuditExport(audit: Command, terminal: Terminal): void {
  inPeriod(audit.command('export'))
    .description('all entries, each as one line of JSON, the newest first')
    .option('--account <id>', 'only of this account', accountId)
    .option('--after <place>', 'go on after this place, which an export named when it stopped', place)
    .option('--limit <number>', 'stop after about so many, and say where to go on', numberUpTo(1_000_000_000))
    .action(({ limit, ...asked }: Asked & { limit?: number }) =>
      withContext(terminal, async (ctx) => {
        const pieces = asked.account === undefined ? readAll(ctx, asked) : readOne(ctx, asked.account, asked)
        await untilEnded(undefined, (signal) => printAll(pieces, { limit, signal }, terminal))
      }),
    )
}

async function printAll(
  pieces: AsyncIterable<Piece>,
  { limit = Number.POSITIVE_INFINITY, signal }: { limit: number | undefined; signal: AbortSignal },
  terminal: Terminal,
): Promise<void> {
  let printed = 0
  let goOn: string | undefined
  try {
    for await (const { entries, place } of pieces) {
      if (entries.length > 0 && printed >= limit && goOn) return sayMore(terminal, true, goOn)
      for (const entry of entries) terminal.print(JSON.stringify(entry))
      printed += entries.length
      if (place) goOn = `add --after ${textOfPlace(place)}`
      if (signal.aborted) throw new CommandFailed('It was told to stop.')
    }
  } catch (error) {
    if (printed > 0) terminal.say(`Stopped after ${printed} entries. To go on: ${goOn ?? 'start again'}`)
    throw error
  }
  if (printed === 0) terminal.say('No entries.')
}

async function* readAll(ctx: Context, { after, from, to }: Asked): AsyncGenerator<Piece> {
  const isWanted = ({ at }: { at: Date }) => (from === undefined || at >= from) && (to === undefined || at <= to)
  let next = placeInAll(after)
  do {
    const chains = await chainsOfAudit(ctx.db, { changes: true, tokens: true, to })
    const page = { after: next, from, limit: mostListed, mostLooked: mostListed, isWanted }
    const { items, next: place } = await newestFirst(chains, page)
    yield { entries: items.map(({ entry, accountId, times }) => ({ ...entry, accountId, times })), place }
    next = place
  } while (next)
}

/**
 * An account's entries have an index, but not the single changes of its runs: these are looked up by their run, and come before
 * the entry of its start, even if that is older than the period.
 */
async function* readOne(ctx: Context, accountId: string, { after, from, to }: Asked): AsyncGenerator<Piece> {
  await checkKnownAccount(ctx, accountId)
  const period = { accountId, from, to }
  const earlier = from && { accountId, to: new Date(from.getTime() - 1), kinds: ['changed' as const] }
  let place = placeInOne(after)
  for (const query of [period, ...(earlier ? [earlier] : [])])
    for await (const page of pagesOf(ctx, query, place)) {
      let entries: ListedAuditEntry[] = []
      for (const { place: itsPlace, entry } of page) {
        if (entry.event === 'run.applied') {
          yield { entries, place }
          entries = []
          for await (const changes of pagesOf(ctx, { ...period, changesOfRun: String(entry.details.runId) }))
            yield { entries: changes.map((change) => change.entry), place }
        }
        if (query === period) entries.push(entry)
        place = itsPlace
      }
      yield { entries, place }
    }
}

async function* pagesOf({ db }: Pick<Context, 'db'>, query: AuditQuery, after?: AuditPlace) {
  let before = after
  for (;;) {
    const page = await listAudit(db, query, { before, limit: mostListed })
    yield page
    before = page.at(-1)?.place
    if (page.length < mostListed) return
  }
}
