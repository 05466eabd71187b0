import type { Command } from 'commander'
import { type Columns, printTable } from './print-table.ts'
import { afterRestore } from './restore/after-restore.ts'
import { operator, printable, printResult, type Terminal, withContext } from './terminal.ts'

type Review = Awaited<ReturnType<typeof afterRestore>>

/** `database after-restore`. */
export function addAfterRestore(database: Command, terminal: Terminal): void {
  database
    .command('after-restore')
    .description(
      'make a database that was restored from a backup, or lost its latest changes in a failover, safe to serve from; until then, servers do not serve',
    )
    .requiredOption(
      '--yes',
      'confirm: open runs end, schedules and deliveries stop until you resume them, and no account is served before its credentials are proven again',
    )
    .option('--json', 'print what was stopped and what to review as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const review = await withContext(terminal, (ctx) => afterRestore(ctx, { actor: operator }))
      if (json) printResult(terminal, json, review, () => '')
      else printReview(terminal, review)
    })
}

function printReview(terminal: Terminal, review: Review): void {
  const { knewUntil, runsEnded, schedulesPaused, deliveriesStopped, credentialsToProve, keys, grants, changes } = review
  const { say } = terminal
  say(
    `The database has everything that happened until at least ${knewUntil?.toISOString() ?? 'an unknown time'}. ${runsEnded} runs were ended, ` +
      `${schedulesPaused} schedules paused and ${deliveriesStopped} deliveries stopped, each with the reason RESTORED. ` +
      `The credentials of ${credentialsToProve} accounts are proven again before they serve. Servers serve again within seconds.`,
  )
  say('\nValid service keys. One that you revoked later is valid again: "keys revoke".')
  printTable(terminal, false, keys, { none: 'No keys.', columns: ofKeys })
  say('\nGrants. One that you removed later is there again: "grants remove".')
  printTable(terminal, false, grants, { none: 'No grants.', columns: ofGrants })
  say('\nThe last 24 hours of changes that the database has. What happened after them is lost.')
  printTable(terminal, false, changes, { none: 'No changes.', columns: ofChanges })
  say(
    '\nNext: see "After a restore" in docs/operating.md. When you have reviewed this, run "database resume --schedules --deliveries".',
  )
}

const ofKeys: Columns<Review['keys'][number]> = {
  KEY: ({ id }) => id,
  SERVICE: ({ service }) => service,
  CREATED: ({ createdAt }) => createdAt.toISOString(),
  EXPIRES: ({ expiresAt }) => expiresAt.toISOString(),
}
const ofGrants: Columns<Review['grants'][number]> = {
  SERVICE: ({ service }) => service,
  ACCOUNT: ({ accountId }) => accountId,
  SCOPES: ({ scopes }) => printable(scopes.join(' ')),
}
const ofChanges: Columns<Review['changes'][number]> = {
  AT: ({ at }) => at.toISOString(),
  CHANGE: ({ event }) => event,
  BY: ({ actorId }) => printable(actorId),
  ABOUT: ({ accountId, details }) =>
    accountId ?? printable([details.service, details.key, details.account].filter(Boolean).join(' ')),
}
