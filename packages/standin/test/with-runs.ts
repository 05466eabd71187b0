import { createActionCatalogue } from '../src/actions/action-catalogue.ts'
import type { AnyAction } from '../src/actions/define-action.ts'
import { startBackgroundLoop } from '../src/background-loop.ts'
import type { ReplicaContext } from '../src/context.ts'
import { interruptCancelled } from '../src/runs/cancel-run.ts'
import { claimDueRuns, handOverRuns } from '../src/runs/claim-runs.ts'
import { loseAllRuns, reapRuns } from '../src/runs/reap-runs.ts'
import { createRunsMemory, type RunsContext, type RunsHooks } from '../src/runs/runs-context.ts'
import { wakeRuns } from '../src/runs/wake-runs.ts'
import { assemble, type StandinContext } from '../src/wiring/assemble.ts'

/** A replica assembled as the server assembles it, with these actions, which may change while the test runs. */
export function withRuns<Replica extends ReplicaContext>(
  replica: Replica,
  actions: readonly AnyAction[],
  hooks: Partial<RunsHooks> = {},
): Replica & StandinContext {
  const scopes = actions.flatMap(({ scopes, optionalScopes = [] }) => [...scopes, ...optionalScopes])
  const find = (id: string) => actions.find((action) => action.id === id)
  const catalogue = { ...createActionCatalogue(actions, scopes), find }
  const ctx = assemble(replica, catalogue, { publicUrl: () => 'https://standin.example' })
  ctx.runs = createRunsMemory(replica, { ...ctx.runs, ...hooks })
  return { ...replica, ...ctx }
}

/** Claims runs and works on them, as a replica with the part `worker` does, until it is disposed of. */
export async function startWorking(ctx: RunsContext): Promise<AsyncDisposable> {
  const { listener, log } = ctx
  const endLost = listener.replica.onLost(() => loseAllRuns(ctx))
  const claiming = startBackgroundLoop(
    { name: 'claim-runs', everyMs: 500, work: () => claimDueRuns(ctx) },
    { ...ctx, log },
  )
  const reaping = startBackgroundLoop({ name: 'reap-runs', everyMs: 250, work: () => reapRuns(ctx) }, { ...ctx, log })
  await listener.on('run_due', claiming.wake, claiming.wake)
  await listener.on('run_cancel', (runId) => interruptCancelled(ctx, runId))
  await listener.on('installation_changed', (accountId) => void wakeRuns(ctx, accountId).catch(() => {}))
  return {
    async [Symbol.asyncDispose]() {
      await handOverRuns(ctx)
      await Promise.all([claiming.stop(), reaping.stop()])
      endLost()
    },
  }
}
