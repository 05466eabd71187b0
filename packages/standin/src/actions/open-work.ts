import { openMachineRegister } from '../machines/open-machine-register.ts'
import type { RunRow } from '../runs/run-store.ts'
import type { RunWork, UnworkableRun, WorkSignals } from '../runs/runs-context.ts'
import { untilHeard } from '../runs/until-heard.ts'
import { issueToken } from '../tokens/issue-token.ts'
import { createAccountClient } from '../trackunit/account-client.ts'
import { guardChanges } from '../trackunit/guard-changes.ts'
import { withPages } from '../trackunit/pages.ts'
import type { TrackunitClient } from '../trackunit/trackunit-client.ts'
import type { ActionsContext } from './actions-context.ts'
import { accountAllows, accountAllowsIfServed } from './allowed-action.ts'
import type { AnyAction } from './define-action.ts'
import { readState } from './keep-state.ts'
import { flushRun, keepAtEnd, type OpenRun, openRun } from './open-run.ts'
import { partContext, runContext } from './run-context.ts'
import { findPredecessors } from './run-predecessors.ts'
import { sayInLanguage } from './say-in-language.ts'

/** Opens an action's work on a run that this worker claimed: finds the action, parses the input, builds the context. */
export async function openWork(
  ctx: ActionsContext,
  run: RunRow,
  signals: WorkSignals,
): Promise<RunWork | UnworkableRun> {
  const action = ctx.actions.find(run.actionId)
  if (!action) return { reason: 'ACTION_NOT_FOUND' }
  // The action needs more now than the readers of this run were checked for.
  if (!action.scopes.every((scope) => run.readsWith.includes(scope))) return { reason: 'ACTION_CHANGED' }
  const { data: input, success } = action.input.safeParse(run.input)
  if (!success) return { reason: 'INPUT_INVALID' } // The action has changed since the run was accepted.

  const state = readState(action, run.checkpoint ?? undefined)
  if (!state) return { reason: 'ACTION_CHANGED' }

  const [{ usual, ...predecessors }, allows] = await Promise.all([
    findPredecessors(ctx.db, run),
    accountAllowsIfServed(ctx, run.accountId),
  ])
  const say = sayInLanguage(action, run.language)
  const open = openRun(ctx, run, { signal: signals.signal, usual, say })
  const context = runContext(ctx, open, {
    action,
    state,
    trackunit: trackunitFor(ctx, open, { action, signals }),
    machines: openMachineRegister(ctx.db, run),
    grantedScopes: allows?.grantedScopes,
    ...predecessors,
  })
  return {
    maxAttemptMs: action.limits?.maxAttemptMs,
    async run() {
      await action.run({ ...context, input })
      await open.result.count()
    },
    leavePart:
      action.leavePart &&
      (async () => {
        await action.leavePart?.({ ...partContext(ctx, open, context), input })
        await open.result.count()
      }),
    progress: () => ({ progress: open.progress, steps: open.steps }),
    flush: () => flushRun(open),
    keepAll: (tx) => keepAtEnd(tx, open, ctx.clock),
  }
}

/** Trackunit's APIs with the account's token, within the account's limits. */
function trackunitFor(
  ctx: ActionsContext,
  { run, gate }: OpenRun,
  { action, signals }: { action: AnyAction; signals: WorkSignals },
): TrackunitClient {
  const { id, accountId, urgency } = run
  const client = createAccountClient(ctx, {
    ...signals,
    accountId,
    isUrgent: urgency === 0,
    mayBegin: () => untilHeard(ctx, run),
    async token(rejectedFingerprint) {
      const wanted = {
        accountId,
        scopes: await scopesFor(ctx, accountId, { scopes: action.scopes, all: run.readsWith }),
        ...(rejectedFingerprint !== undefined && { rejectedFingerprint }),
      }
      return issueToken(ctx, { kind: 'system', id: `run ${id}` }, wanted)
    },
  })
  return withPages(guardChanges(client, { mayChange: gate.isOpen, readingPosts: action.readingPosts ?? [] }))
}

/** The action's scopes, and those of the run's other ones that the account grants now. */
async function scopesFor(
  ctx: ActionsContext,
  accountId: string,
  { scopes, all }: { scopes: readonly string[]; all: readonly string[] },
): Promise<string[]> {
  const optional = all.filter((scope) => !scopes.includes(scope))
  const granted = optional.length > 0 ? (await accountAllows(ctx, accountId)).grantedScopes : []
  return [...scopes, ...optional.filter((scope) => granted.includes(scope))]
}
