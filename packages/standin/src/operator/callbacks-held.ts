import type { Command } from 'commander'
import { dismissHeldCallback } from '../callbacks/held/dismiss-held-callback.ts'
import { listHeld } from '../callbacks/held/held-callback-store.ts'
import { releaseHeldCallback } from '../callbacks/held/release-held-callback.ts'
import { readRejections } from '../callbacks/rejected/rejection-store.ts'
import { withNames } from './account-names.ts'
import { heldId, limitNumber, mostListed } from './arguments.ts'
import { describeHeld, describeSample, heldColumns, sampleLine } from './callbacks-output.ts'
import { printTable } from './print-table.ts'
import { operator, printResult, type Terminal, withContext } from './terminal.ts'

/** `callbacks held|release|dismiss|rejected`: callbacks that were not applied. */
export function addHeldCommands(callbacks: Command, terminal: Terminal): void {
  callbacks
    .command('held')
    .description('callbacks that broke a rule or cannot be verified yet; they are stored sealed and have no effect')
    .option('--limit <number>', `how many, at most ${mostListed}`, limitNumber, mostListed)
    .option('--json', 'print them as JSON')
    .action(async ({ limit, json }: { limit: number; json?: boolean }) => {
      const rows = await withContext(terminal, async (ctx) =>
        withNames(ctx, (await listHeld(ctx.db, { limit })).map(describeHeld)),
      )
      printTable(terminal, json, rows, { none: 'No held callbacks.', columns: heldColumns })
    })

  callbacks
    .command('release')
    .description('apply a held callback; you confirm that it was meant for this app and account')
    .argument('<id>', 'an id from "callbacks held"', heldId)
    .option('--json', 'print the outcome as JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const { status, accountId } = await withContext(terminal, (ctx) =>
        releaseHeldCallback(ctx, { id, actor: operator }),
      )
      terminal.say('Its credentials are now proven like any others; "installations show" shows the result.')
      printResult(terminal, json, { id, status, accountId }, () => `${status}  ${accountId}`)
    })

  callbacks
    .command('dismiss')
    .description('delete a held callback that must not take effect, such as one for another app')
    .argument('<id>', 'an id from "callbacks held"', heldId)
    .requiredOption('--yes', 'confirm: the callback and its secret are gone')
    .option('--json', 'print the id as JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      await withContext(terminal, (ctx) => dismissHeldCallback(ctx, { id, actor: operator }))
      printResult(terminal, json, { id }, () => `dismissed  ${id}`)
    })

  callbacks
    .command('rejected')
    .description('how many callbacks were rejected, by day and reason, with samples')
    .option('--limit <number>', 'how many samples, at most 200', limitNumber, 20)
    .option('--json', 'print them as JSON')
    .action(async ({ limit, json }: { limit: number; json?: boolean }) => {
      const { counts, samples } = await withContext(terminal, ({ db }) => readRejections(db, { samples: limit }))
      if (counts.length === 0) terminal.say('No callback was rejected.')
      const shown = samples.map(describeSample)
      printResult(terminal, json, { counts, samples: shown }, () => {
        const countLines = counts.map(({ day, reason, count }) => `${day}  ${reason}  ${count}`)
        return [...countLines, ...shown.map(sampleLine)].join('\n')
      })
    })
}
