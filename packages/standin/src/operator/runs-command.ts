import { type RunState, runStateSchema } from '@standin/contracts'
import { type Command, Option } from 'commander'
import { retryRunAsOperator } from '../actions/start-run.ts'
import type { Context } from '../context.ts'
import { cancelRun } from '../runs/cancel-run.ts'
import { listRuns, listRunsOfAll } from '../runs/run-list-store.ts'
import { findRun, type RunRow } from '../runs/run-store.ts'
import type { RunKey } from '../runs/run-table.ts'
import { type Named, nameColumn, withNames } from './account-names.ts'
import { accountId, limitNumber, mostListed, runId } from './arguments.ts'
import { checkKnownAccount } from './check-known-account.ts'
import { type Columns, printTable, sayMore } from './print-table.ts'
import { findRunKey } from './run-key.ts'
import { operator, printable, printResult, type Terminal, withContext } from './terminal.ts'

interface ListOptions {
  account?: string
  state?: RunState
  after?: string
  limit: number
  json?: boolean
}

/** `runs list|cancel|retry`. */
export function addRunsCommand(program: Command, terminal: Terminal): void {
  const runs = program.command('runs').addHelpText('afterAll', examples)

  runs
    .command('list')
    .description('runs, the newest first')
    .option('--account <id>', 'only of this account', accountId)
    .addOption(new Option('--state <state>', 'only in this state').choices(runStateSchema.options))
    .option('--after <run>', 'continue after this run, the last of an earlier list', runId)
    .option('--limit <number>', `how many, at most ${mostListed}`, limitNumber, 50)
    .option('--json', 'print them as JSON')
    .action(async ({ json, ...options }: ListOptions) => {
      const { rows, page } = await withContext(terminal, async (ctx) => {
        const rows = await readRuns(ctx, options)
        return { rows, page: await withNames(ctx, rows.slice(0, options.limit).map(describeRun)) }
      })
      printTable(terminal, json, page, { none: 'No runs.', columns })
      sayMore(terminal, rows.length > page.length, `add --after ${page.at(-1)?.id}`)
    })

  runs
    .command('cancel')
    .description('stop a run: at once if no worker has it, otherwise at its next checkpoint')
    .argument('<run>', 'an id from "runs list"', runId)
    .requiredOption('--yes', 'confirm: the rest of its work is not done')
    .option('--json', 'print the run as JSON')
    .action((id: string, { json }: { json?: boolean }) =>
      change(terminal, { id, json }, async (ctx, run) => {
        const row = await cancelRun(ctx, { run, actor: operator })
        terminal.say(row.endedAt ? `Run ${id} is cancelled.` : `Run ${id} stops at its next checkpoint.`)
        return row
      }),
    )

  runs
    .command('retry')
    .description('repeat a run that has ended, with the same input; changes that it made are not made again')
    .argument('<run>', 'an id from "runs list"', runId)
    .option('--json', 'print the new run as JSON')
    .action((id: string, { json }: { json?: boolean }) =>
      change(terminal, { id, json }, async (ctx, run) => {
        const row = await retryRunAsOperator(ctx, { run, actor: operator })
        terminal.say(`Run ${row.id} repeats run ${id}.`)
        return row
      }),
    )
}

const examples = `
Examples:
  standin runs list --state failed
  standin runs list --account 11111111-1111-4111-8111-111111111111 --limit 10
  standin runs cancel 22222222-2222-4222-8222-222222222222 --yes
  standin runs retry 22222222-2222-4222-8222-222222222222`

async function readRuns(ctx: Context, { account, state, after, limit }: Omit<ListOptions, 'json'>): Promise<RunRow[]> {
  if (account !== undefined) await checkKnownAccount(ctx, account)
  const before = after === undefined ? undefined : await findRun(ctx.db, await findRunKey(ctx, after))
  const page = { states: state && [state], before, limit: limit + 1 }
  return account === undefined ? listRunsOfAll(ctx.db, page) : listRuns(ctx.db, { accountId: account, ...page })
}

async function change(
  terminal: Terminal,
  { id, json }: { id: string; json: boolean | undefined },
  rule: (ctx: Context, run: RunKey) => Promise<RunRow>,
): Promise<void> {
  const described = describeRun(await withContext(terminal, async (ctx) => rule(ctx, await findRunKey(ctx, id))))
  printResult(terminal, json, described, () => [described.id, described.state].join('  '))
}

const describeRun = (run: RunRow) => ({
  id: run.id,
  accountId: run.accountId,
  actionId: printable(run.actionId, 64),
  mode: run.mode,
  state: run.state,
  reason: run.reason,
  startedBy: printable(`${run.startedBy.kind} ${run.startedBy.name ?? run.startedBy.id}`, 64),
  retryOf: run.retryOf,
  createdAt: run.createdAt.toISOString(),
  endedAt: run.endedAt?.toISOString() ?? null,
})

const columns: Columns<Named<ReturnType<typeof describeRun>>> = {
  RUN: ({ id }) => id,
  ACCOUNT: ({ accountId }) => accountId,
  ...nameColumn,
  ACTION: ({ actionId }) => actionId,
  STATE: ({ state }) => state,
  REASON: ({ reason }) => reason,
  CREATED: ({ createdAt }) => createdAt,
  ENDED: ({ endedAt }) => endedAt,
  'STARTED BY': ({ startedBy }) => startedBy,
}
