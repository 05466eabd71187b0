import type { Context, ReplicaContext } from '../context.ts'
import { storableMessage } from '../results/understand-rows.ts'
import { changesOf, makeChange } from '../runs/run-effects.ts'
import { appendEvent } from '../runs/run-event-store.ts'
import { addDestination } from '../runs/run-store.ts'
import { StandinError } from '../standin-error.ts'
import type { AnyAction, PartContext, RunContext } from './define-action.ts'
import { keepState } from './keep-state.ts'
import { checkpoint, type OpenRun, openFile, writeRun } from './open-run.ts'
import { reportProgress, runStep } from './report-progress.ts'
import { speaks } from './say-in-language.ts'

type Input = Record<string, unknown>
/** The parts of a context that do not come from the run's row. */
export type Opened = Pick<RunContext<Input, Input>, 'trackunit' | 'machines' | 'previous' | 'preview' | 'state'> & {
  action: Pick<AnyAction, 'changesData' | 'state' | 'messages'>
  grantedScopes: readonly string[] | undefined
}

/** What an action works with. */
export function runContext(
  ctx: ReplicaContext,
  open: OpenRun,
  { grantedScopes, action, state, ...opened }: Opened,
): RunContext<Input, Input> & Pick<PartContext<Input>, 'isDone'> {
  const { run, signal, result, gate } = open
  const { timeZone, unitSystem } = run
  const language = speaks(action, run.language) ? run.language : null
  const isProduction = ctx.config.production
  return withNoticedRejections(
    {
      ...opened,
      trackunit: withNoticedRejections(opened.trackunit, { isProduction }),
      accountId: run.accountId,
      input: run.input,
      mode: run.mode,
      signal,
      clock: ctx.clock,
      account: { timeZone, unitSystem, language, grantedScopes },
      ...keepState(action, { kept: open.kept, state, write: (kept) => checkpoint(ctx, open, kept) }),
      result: withNoticedRejections(result, { isProduction }),
      progress: (now) => reportProgress(ctx, open, now),
      async effect(effect) {
        signal.throwIfAborted()
        if (!action.changesData)
          throw new StandinError('ACTION_FAULTY', {
            detail: 'It called effect without changesData: true. An action with it is applied after a preview.',
          })
        return makeChange(ctx, run, { ...effect, do: () => gate.inside(effect.do) })
      },
      artifact: (file) => openFile(ctx, open, file),
      deliver: (destination) => writeRun(ctx, open, {}, { change: (tx) => addDestination(tx.db, run, destination) }),
      log: (message) =>
        writeRun(
          ctx,
          open,
          {},
          { change: (tx) => appendEvent(tx, run, { type: 'log', message: storableMessage(message, 500) }) },
        ),
      headline: (sentence) => writeRun(ctx, open, { headline: storableMessage(sentence, 300) }),
      incomplete: (what) => writeRun(ctx, open, { incomplete: storableMessage(what, 1_000) }),
      step: (name, work) => runStep(ctx, open, { name, work }),
    },
    { isProduction },
  )
}

/** What an action may still do when its run is about to end early. From then on, its writes go through although the run must stop. */
export function partContext(
  ctx: Context,
  open: OpenRun,
  context: ReturnType<typeof runContext>,
): PartContext<Input, Input> {
  open.isLeaving = true
  return { ...context, resumedFrom: open.kept?.state, changes: () => changesOf(ctx.db, open.run) }
}

/**
 * If an action does not await a call that fails, the unhandled rejection must not end the process with every other run. With
 * that, V8 no longer knows who awaits the call: in development, an error is given the place of the call.
 */
function withNoticedRejections<Calls extends object>(calls: Calls, { isProduction }: { isProduction: boolean }): Calls {
  return new Proxy(calls, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return function called(...given: unknown[]) {
        const result: unknown = value.apply(target, given)
        if (!(result instanceof Promise)) return result
        const caller: { stack?: string } = {}
        if (!isProduction) Error.captureStackTrace(caller, called)
        result.catch((error: unknown) => {
          if (isProduction || !(error instanceof Error)) return
          // Some libraries make it read-only, the database's driver among them: to assign it would end the process.
          Reflect.set(error, 'stack', `${error.stack}${caller.stack?.replace(/^.*/, '') ?? ''}`)
        })
        return result
      }
    },
  })
}
