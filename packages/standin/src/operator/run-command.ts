import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Message, textOf } from '@standin/contracts'
import { type Command, InvalidArgumentError } from 'commander'
import type { AnyAction } from '../actions/define-action.ts'
import { startRunAsOperator } from '../actions/start-run.ts'
import { toRun } from '../actions/to-run.ts'
import type { Context } from '../context.ts'
import { listEvents } from '../runs/run-event-store.ts'
import { isFinal } from '../runs/run-lifecycle.ts'
import { findRun, type RunRow } from '../runs/run-store.ts'
import type { RunKey, StoredRunEvent } from '../runs/run-table.ts'
import { StandinError } from '../standin-error.ts'
import { accountId, runId } from './arguments.ts'
import { loadActions } from './check-command.ts'
import { CommandFailed, operator, printable, printResult, type Terminal, withContext } from './terminal.ts'

interface RunOptions {
  account: string
  input?: Record<string, unknown>
  apply?: string
  actions: string
  json?: boolean
}

/** `run`: starts one action, follows it to its end, and exits with its outcome. */
export function addRunCommand(program: Command, terminal: Terminal): void {
  program
    .command('run')
    .description(
      'run one action on an account and print its progress; a server must be running. Exit code 0 if it succeeded. ' +
        'An action that changes data makes its preview, which --apply then applies',
    )
    .argument('<action>', "the action's id")
    .requiredOption('--account <id>', "the account's id", accountId)
    .option('--input <json>', 'its input; by default, each field has its default', jsonObject)
    .option('--apply <run>', 'make the changes that this preview listed', runId)
    .option('--actions <folder>', 'where the actions are, from the folder of standin.config.ts', 'actions')
    .option('--json', 'print the run as JSON when it has ended')
    .addHelpText('after', examples)
    .action(async (actionId: string, options: RunOptions) => {
      const action = await findAction(terminal, options.actions, actionId)
      const run = await withContext(terminal, async (ctx) => {
        const started = await start(ctx, action, options)
        terminal.say(`Run ${started.id} of ${actionId}${started.mode === 'preview' ? ': a preview' : ''}.`)
        return follow(ctx, started, terminal)
      })
      printResult(terminal, options.json, toRun(run), () => line(run.headline ?? run.state))
      if (run.state !== 'succeeded') throw new CommandFailed(whyNot(run))
      if (run.mode === 'preview')
        terminal.say(`Nothing has changed. To make the changes that it lists, add: --apply ${run.id}`)
    })
}

const examples = `
Examples:
  standin run fleet-snapshot --account 11111111-1111-4111-8111-111111111111
  standin run attention-list --account 11111111-1111-4111-8111-111111111111 --input '{"silentDays":3}'
  standin run clear-stale-events --account 11111111-1111-4111-8111-111111111111 --apply 22222222-2222-4222-8222-222222222222`

function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {}
  throw new InvalidArgumentError('an object as JSON, such as \'{"days":3}\'')
}

async function findAction(terminal: Terminal, given: string, actionId: string): Promise<AnyAction> {
  const actions = await loadActions(terminal, given)
  const folder = resolve(terminal.root, given)
  const action = actions.find(({ id }) => id === actionId)
  if (action) return action
  const known = actions.map(({ id }) => id).join(', ')
  throw new CommandFailed(
    known === ''
      ? `There are no actions in ${folder}. Name their folder with --actions.`
      : `There is no action "${printable(actionId, 64)}" in ${folder}. There are: ${known}.`,
  )
}

async function start(ctx: Context, action: AnyAction, { account, input, apply }: RunOptions): Promise<RunRow> {
  const preview = apply === undefined ? undefined : await findRun(ctx.db, { id: apply, accountId: account })
  if (apply !== undefined && !preview) throw new StandinError('RUN_NOT_FOUND')
  return startRunAsOperator(ctx, {
    action,
    accountId: account,
    actor: operator,
    input: input ?? preview?.input ?? {},
    mode: action.changesData && !preview ? 'preview' : 'apply',
    ...(preview && { previewRunId: preview.id }),
    idempotencyKey: `operator-starts-${crypto.randomUUID()}`,
  })
}

const everyMs = 250
const patienceMs = 10_000

/** Prints each event of a run until it has ended. The run goes on if the command is interrupted. */
async function follow(ctx: Context, key: RunKey, { say }: Terminal): Promise<RunRow> {
  const { clock, db } = ctx
  const printed = new Set<string>()
  const sayOnce = (text: string) => {
    if (!printed.has(text)) say(text)
    printed.add(text)
  }
  const since = clock.monotonicMs()
  for (let seen = 0; ; await pause(everyMs)) {
    const events = await listEvents(db, key, { after: seen, limit: 1_000 })
    for (const event of events) {
      seen = event.seq
      for (const text of inWords(event)) sayOnce(text)
    }
    const run = await findRun(db, key)
    if (!run) throw new StandinError('RUN_NOT_FOUND')
    if (isFinal(run.state) && run.lastSeq <= seen) return run
    if (run.state === 'queued' && run.promotedAt === null)
      sayOnce(`Earlier runs of the account go first: runs list --account ${key.accountId}`)
    else if (run.state === 'queued' && clock.monotonicMs() - since > patienceMs)
      sayOnce('No server has taken the run yet. It waits until one does: start a server, or run "doctor".')
  }
}

/** An event as lines. Steps and counts repeat, and are printed once. */
function inWords(event: StoredRunEvent): string[] {
  switch (event.type) {
    case 'state': {
      const until = event.waitingUntil === null ? '' : ` until ${event.waitingUntil}`
      const why = event.failure ? `: ${line(event.failure)}` : event.reason === null ? '' : `: ${event.reason}`
      return [`${event.state}${until}${why}`]
    }
    case 'progress': {
      const { done, total, message } = event.progress
      const steps = event.steps.flatMap(({ name, state, tookMs }) =>
        state === 'waiting' ? [] : [`${line(name)}: ${state}${tookMs === null ? '' : `, ${tookMs} ms`}`],
      )
      return [...steps, ...(done > 0 ? [`${done}${total === null ? '' : ` of ${total}`} ${line(message)}`] : [])]
    }
    case 'log':
      return [line(event.message)]
    case 'artifact':
      return [`file: ${printable(event.artifact.name)}, ${event.artifact.bytes} bytes`]
    case 'delivery':
      return [`to ${printable(event.delivery.to)}: ${event.delivery.state}`]
  }
}

const line = (message: Message) => printable(textOf(message), 1_000)

const whyNot = ({ id, state, reason, failure }: RunRow) =>
  [`Run ${id} ${state === 'cancelled' ? 'was cancelled' : 'failed'}`, reason, failure && line(failure)]
    .filter((part) => part !== null)
    .join(': ')
