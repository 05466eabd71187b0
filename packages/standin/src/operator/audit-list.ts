import type { ListedAuditEntry } from '@standin/contracts'
import type { Command } from 'commander'
import { type AuditPlace, listAudit } from '../activity/activity-store.ts'
import type { Context } from '../context.ts'
import { wordsOf } from './account-command.ts'
import { accountId, limitNumber, moment, mostListed } from './arguments.ts'
import { checkKnownAccount } from './check-known-account.ts'
import { type Columns, printTable, sayMore } from './print-table.ts'
import { printable, type Terminal, withContext } from './terminal.ts'

interface Options {
  account: string
  from?: Date
  to?: Date
}

/** `audit list|export`: the entries of an account. */
export function addAuditLists(audit: Command, terminal: Terminal): void {
  ofAccount(audit.command('list'))
    .description('what was done in an account, and which tokens left, the newest first')
    .option('--limit <number>', `how many, at most ${mostListed}`, limitNumber, 50)
    .option('--json', 'print them as JSON')
    .action(async ({ limit, json, ...options }: Options & { limit: number; json?: boolean }) => {
      const found = await withContext(terminal, async (ctx) => {
        await checkKnownAccount(ctx, options.account)
        return readPage(ctx, options, { before: undefined, limit: limit + 1 })
      })
      const page = found.slice(0, limit).map(({ entry }) => entry)
      printTable(terminal, json, page, { none: 'No entries.', columns })
      sayMore(terminal, found.length > limit, `add --to ${page.at(-1)?.at}, or raise --limit`)
    })

  const exporting = ofAccount(audit.command('export'))
  exporting.description('the same, all of them, each as one line of JSON').action(async (options: Options) => {
    await withContext(terminal, async (ctx) => {
      await checkKnownAccount(ctx, options.account)
      let before: AuditPlace | undefined
      for (;;) {
        const page = await readPage(ctx, options, { before, limit: mostListed })
        for (const { entry } of page) terminal.print(JSON.stringify(entry))
        before = page.at(-1)?.place
        if (page.length < mostListed) break
      }
    })
  })
}

const ofAccount = (command: Command): Command =>
  command
    .requiredOption('--account <id>', 'of this account', accountId)
    .option('--from <time>', 'not before this moment, such as 2026-11-01T00:00:00Z', moment)
    .option('--to <time>', 'not after this moment', moment)

const readPage = (
  { db }: Pick<Context, 'db'>,
  { account, from, to }: Options,
  page: { before: AuditPlace | undefined; limit: number },
) =>
  listAudit(
    db,
    {
      accountId: account,
      from,
      to,
      actorId: undefined,
      actorKinds: undefined,
      kinds: undefined,
      changesOfRun: undefined,
    },
    page,
  )

const columns: Columns<ListedAuditEntry> = {
  AT: ({ at }) => at,
  EVENT: ({ event }) => event,
  BY: ({ actor }) => printable(`${actor.kind} ${actor.name ?? actor.id}`, 64),
  GENERATION: ({ generation }) => generation,
  DETAILS: ({ details }) => printable(wordsOf(details), 160),
}
