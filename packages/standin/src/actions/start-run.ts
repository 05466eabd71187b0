import type { StartRunInput } from '@standin/contracts'
import { actorOf, type Caller } from '../access/caller.ts'
import type { Actor } from '../audit/record.ts'
import { type Context, inTransaction } from '../context.ts'
import { checkMayRead } from '../results/read-right.ts'
import { acceptRun, type NewRun } from '../runs/accept-run.ts'
import { findRun, type RunRow } from '../runs/run-store.ts'
import type { RunKey } from '../runs/run-table.ts'
import { StandinError } from '../standin-error.ts'
import type { ActionsContext } from './actions-context.ts'
import { accountAllowsIfServed, allowedAction, checkAccountAllows, scopesToReadWith } from './allowed-action.ts'
import { checkDestinations } from './check-destinations.ts'
import { checkInput } from './check-input.ts'
import { checkLeftOut } from './check-left-out.ts'
import type { AnyAction } from './define-action.ts'

/**
 * Accepts a run for a person or a service: when this returns, the run is on disk and will be worked on. The same
 * idempotency key again returns the same run.
 * @throws StandinError as `allowedAction` and `acceptRun` do; ZodError for an input that the action does not accept
 */
export async function startRun(
  ctx: ActionsContext,
  caller: Caller,
  { actionId, previewRunId, leaveOut: ids = [], ...asked }: StartRunInput,
): Promise<RunRow> {
  const { accountId } = asked
  const { action, readsWith } = await allowedAction(ctx, caller, { accountId, actionId })
  checkInput(action, asked.input)
  const leaveOut = [...new Set(ids)]
  await checkDestinations(ctx, asked.deliverTo, { caller, accountId })
  const preview = previewRunId === undefined ? undefined : await findRun(ctx.db, { id: previewRunId, accountId })
  if (preview) checkMayRead(caller, preview) // Its rows become the result.
  await checkLeftOut(ctx.db, { accountId, previewRunId, leaveOut })
  return acceptFor(ctx, caller, {
    ...asked,
    leaveOut,
    ...(previewRunId !== undefined && { previewRunId }),
    action,
    readsWith: [...new Set([...readsWith, ...(preview?.readsWith ?? [])])],
  })
}

/** @throws StandinError `SCOPE_FORBIDDEN` if the key is of a run that somebody started whose scopes the caller lacks; as `acceptRun` does */
async function acceptFor(ctx: Context, caller: Caller, run: Omit<NewRun, 'startedBy' | 'actor'>): Promise<RunRow> {
  const row = await inTransaction(ctx, (tx) => acceptRun(tx, { ...run, ...startedBy(caller) }))
  checkMayRead(caller, row)
  return row
}

/**
 * Repeats a run that has ended, with the same input. Changes that were made are not made again.
 * @throws StandinError `RUN_NOT_FOUND`, `RUN_NOT_ENDED`; `SCOPE_FORBIDDEN` for a caller who may not read it; `PREVIEW_REQUIRED` if
 *   all its changes were made, or its preview is too old
 */
export async function retryRun(
  ctx: ActionsContext,
  caller: Caller,
  { run: key, idempotencyKey }: { run: RunKey; idempotencyKey: string },
): Promise<RunRow> {
  const run = await findRun(ctx.db, key)
  if (!run) throw new StandinError('RUN_NOT_FOUND')
  if (!run.endedAt) throw new StandinError('RUN_NOT_ENDED')
  const { action, readsWith } = await allowedAction(ctx, caller, run)
  checkMayRead(caller, run)
  if (!action.input.safeParse(run.input).success)
    throw new StandinError('INPUT_INVALID', { detail: 'The action has changed. Start a new run.' })
  const again = againOf(run)
  return acceptFor(ctx, caller, {
    ...again,
    action,
    readsWith: again.previewRunId === undefined ? readsWith : [...new Set([...readsWith, ...run.readsWith])],
    idempotencyKey,
  })
}

/**
 * The same for the operator, whose command has no catalogue: if the action is gone or its input has changed, the run fails when
 * a worker opens it. A repeated call returns the same run.
 * @throws StandinError `RUN_NOT_FOUND`, `RUN_NOT_ENDED`, `PREVIEW_REQUIRED`, `RUN_OVERLAPS`, or why the account is not served
 */
export async function retryRunAsOperator(
  ctx: Context,
  { run: key, actor }: { run: RunKey; actor: Actor },
): Promise<RunRow> {
  const run = await findRun(ctx.db, key)
  if (!run) throw new StandinError('RUN_NOT_FOUND')
  if (!run.endedAt) throw new StandinError('RUN_NOT_ENDED')
  await accountAllowsIfServed(ctx, run.accountId, (reason) => reason === 'CREDENTIALS_PENDING')
  // Only a run that changes data has a preview whose changes it makes.
  const action = { id: run.actionId, changesData: run.previewRunId !== null, mayOverlap: run.mayOverlap }
  const by = { actor, startedBy: { kind: 'system', id: 'operator', name: null } } as const
  const idempotencyKey = `operator-retries-${run.id}`
  const { readsWith } = run
  return inTransaction(ctx, (tx) => acceptRun(tx, { ...againOf(run), action, readsWith, idempotencyKey, ...by }))
}

/**
 * Starts a run for the operator, who may run any action.
 * @throws StandinError `SCOPE_NOT_GRANTED`, `PLAN_REQUIRED`, or why the account is not served; as `acceptRun` does; ZodError
 *   for an input that the action does not accept
 */
export async function startRunAsOperator(
  ctx: Context,
  { action, actor, ...asked }: Omit<NewRun, 'action' | 'readsWith' | 'startedBy'> & { action: AnyAction },
): Promise<RunRow> {
  checkInput(action, asked.input)
  const allows = await checkAccountAllows(ctx, asked.accountId, action)
  const readsWith = scopesToReadWith(action, { own: undefined, allows })
  const by = { actor, startedBy: { kind: 'system', id: 'operator', name: null } } as const
  return inTransaction(ctx, (tx) => acceptRun(tx, { ...asked, action, readsWith, ...by }))
}

function againOf(run: RunRow): Omit<NewRun, 'action' | 'readsWith' | 'idempotencyKey' | 'startedBy' | 'actor'> {
  const { accountId, mode, input, previewRunId, leaveOut, deliverTo } = run
  const { timeZone, unitSystem, language, accountName } = run
  const habits = { timeZone, unitSystem, language, accountName }
  const again = { accountId, mode, input, leaveOut, deliverTo, ...habits, retryOf: run.id }
  return { ...again, ...(previewRunId !== null && { previewRunId }) }
}

function startedBy(caller: Caller): Pick<NewRun, 'startedBy' | 'actor'> {
  const startedBy: RunRow['startedBy'] =
    caller.kind === 'user'
      ? { kind: 'user', id: caller.id, name: caller.name }
      : { kind: 'service', id: caller.service, name: caller.service }
  return { startedBy, actor: actorOf(caller) }
}
