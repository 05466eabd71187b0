import { type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { createUninstall } from '../accounts/uninstall.ts'
import { buildReleaseCallback } from '../callbacks/build-callbacks.ts'
import { listHeld } from '../callbacks/held/held-callback-store.ts'
import { readRejections } from '../callbacks/rejected/rejection-store.ts'
import { systemClock } from '../clock.ts'
import { createVault } from '../secrets/vault.ts'
import { whenUninstalled } from '../when-uninstalled.ts'
import {
  describeHeld,
  describeSample,
  heldLine,
  limitNumber,
  mostListed,
  sampleLine,
} from './callbacks-command-output.ts'
import { type CommandContext, operator, withDatabase } from './command-context.ts'

/** `callbacks held|release|rejected`: what came and was not taken. */
export function addHeldCommands(callbacks: Command, context: CommandContext): void {
  callbacks
    .command('held')
    .description('genuine ones that broke a rule, and ones that nobody could verify yet: kept, sealed, serving nobody')
    .option('--limit <number>', `how many, at most ${mostListed}`, limitNumber, mostListed)
    .option('--json', 'print them as JSON')
    .action(async ({ limit, json }: { limit: number; json?: boolean }) => {
      const rows = await withDatabase(context, ({ db }) => listHeld(db, { limit }))
      const shown = rows.map(describeHeld)
      context.print(json ? JSON.stringify(shown) : shown.map(heldLine).join('\n'))
    })

  callbacks
    .command('release')
    .description('let a held callback take effect: you vouch that it is for this app and account')
    .argument('<id>', 'as "callbacks held" prints it', heldId)
    .option('--json', 'print what became of it as JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const { status, accountId } = await withDatabase(context, ({ db, config }) => {
        const release = buildReleaseCallback({
          ...{ db, clock: systemClock, vault: createVault(config.keys.encryption) },
          uninstall: createUninstall(whenUninstalled),
          policy: { ...config.callback, appId: config.app.id },
        })
        return release(id, operator)
      })
      context.say('Its credentials are proven like any others; "installations show" says how it ended.')
      context.print(json ? JSON.stringify({ id, status, accountId }) : `${status}  ${accountId}`)
    })

  callbacks
    .command('rejected')
    .description('how many were refused on which day and why, and what some of them looked like')
    .option('--limit <number>', 'how many samples, at most 200', limitNumber, 20)
    .option('--json', 'print it as JSON')
    .action(async ({ limit, json }: { limit: number; json?: boolean }) => {
      const { counts, samples } = await withDatabase(context, ({ db }) => readRejections(db, { samples: limit }))
      const shown = samples.map(describeSample)
      if (json) return context.print(JSON.stringify({ counts, samples: shown }))
      const countLines = counts.map(({ day, reason, count }) => `${day}  ${reason}  ${count}`)
      context.print([...countLines, ...shown.map(sampleLine)].join('\n'))
    })
}

function heldId(text: string): string {
  if (!z.guid().safeParse(text).success) throw new InvalidArgumentError('an id as "callbacks held" prints it')
  return text.toLowerCase()
}
