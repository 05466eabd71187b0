import type { StartRunInput } from '@standin/contracts'
import { actorOf, type Caller } from '../access/caller.ts'
import { inTransaction } from '../context.ts'
import { acceptRun } from '../runs/accept-run.ts'
import { findRun, type RunRow } from '../runs/run-store.ts'
import type { RunKey } from '../runs/run-table.ts'
import { StandinError } from '../standin-error.ts'
import type { ActionsContext } from './actions-context.ts'
import { allowedAction } from './allowed-action.ts'
import { checkDestinations } from './check-destinations.ts'
import { checkInput } from './check-input.ts'

/**
 * Accepts a run for a person or a service: when this returns, the run is on disk and will be worked on. The same
 * idempotency key again returns the same run.
 * @throws StandinError as `allowedAction` and `acceptRun` do; ZodError for an input that the action does not accept
 */
export async function startRun(
  ctx: ActionsContext,
  caller: Caller,
  { actionId, previewRunId, ...asked }: StartRunInput,
): Promise<RunRow> {
  const action = await allowedAction(ctx, caller, { accountId: asked.accountId, actionId })
  checkInput(action, asked.input)
  await checkDestinations(ctx, asked.deliverTo, { caller, accountId: asked.accountId })
  return inTransaction(ctx, (tx) =>
    acceptRun(tx, { ...asked, ...(previewRunId !== undefined && { previewRunId }), action, ...startedBy(caller) }),
  )
}

/**
 * Starts a run that has ended again, with the same input. If it changed data, only the rest is done: changes that were
 * made are not made again.
 * @throws StandinError `RUN_NOT_FOUND`, `RUN_NOT_ENDED`; `PREVIEW_REQUIRED` when all its changes were made, or its preview is too old
 */
export async function retryRun(
  ctx: ActionsContext,
  caller: Caller,
  { run: key, idempotencyKey }: { run: RunKey; idempotencyKey: string },
): Promise<RunRow> {
  const run = await findRun(ctx.db, key)
  if (!run) throw new StandinError('RUN_NOT_FOUND')
  if (!run.endedAt) throw new StandinError('RUN_NOT_ENDED')
  const action = await allowedAction(ctx, caller, run)
  if (!action.input.safeParse(run.input).success)
    throw new StandinError('INPUT_INVALID', { detail: 'The action has changed since. Start a new run.' })
  const { accountId, mode, input, previewRunId, deliverTo, timeZone, unitSystem } = run
  const again = { accountId, action, mode, input, deliverTo, timeZone, unitSystem, idempotencyKey, retryOf: run.id }
  return inTransaction(ctx, (tx) =>
    acceptRun(tx, { ...again, ...(previewRunId !== null && { previewRunId }), ...startedBy(caller) }),
  )
}

function startedBy(caller: Caller): Pick<Parameters<typeof acceptRun>[1], 'startedBy' | 'actor'> {
  const startedBy: RunRow['startedBy'] =
    caller.kind === 'user'
      ? { kind: 'user', id: caller.id, name: caller.name }
      : { kind: 'service', id: caller.service, name: caller.service }
  return { startedBy, actor: actorOf(caller) }
}
