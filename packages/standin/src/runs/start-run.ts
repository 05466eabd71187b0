import type { Destination, StartRunInput } from '@standin/contracts'
import { actorOf, type Caller } from '../access/caller.ts'
import { type AllowedActionDependencies, createAllowedAction } from '../actions/allowed-action.ts'
import type { Database } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { acceptRun } from './accept-run.ts'
import type { RunQueue } from './run-queue.ts'
import { findRun, type RunRow } from './run-store.ts'

interface Dependencies extends AllowedActionDependencies {
  db: Database
  queue: RunQueue
  /** @throws StandinError `INPUT_INVALID` for a place to which this server does not deliver */
  checkDestinations?: (deliverTo: readonly Destination[]) => void
}

export type StartRun = ReturnType<typeof createStartRun>

/** Starts runs, for people and services. */
export function createStartRun({ db, queue, checkDestinations = () => {}, ...access }: Dependencies) {
  const allowedAction = createAllowedAction(access)

  return {
    /**
     * Accepts a run: when this returns, it is on disk and will be worked on. The same idempotency key again is the same
     * run.
     */
    async start(caller: Caller, { actionId, previewRunId, ...asked }: StartRunInput): Promise<RunRow> {
      const action = await allowedAction(caller, { accountId: asked.accountId, actionId })
      action.input.parse(asked.input) // Kept as it came: the worker parses it again, and what was transformed would not pass twice.
      checkDestinations(asked.deliverTo)
      return db.transaction((tx) =>
        acceptRun(tx, queue, action, {
          ...asked,
          ...(previewRunId !== undefined && { previewRunId }),
          startedBy: startedBy(caller),
          actor: actorOf(caller),
        }),
      )
    },

    /**
     * Starts a run that has ended once more, with the same input. Of one that changed data the rest is done: what it
     * had done already is not done again.
     * @throws StandinError `RUN_NOT_FOUND`, `RUN_NOT_ENDED`; `PREVIEW_REQUIRED` where its changes were made, or its preview is too old
     */
    async retry(caller: Caller, { runId, idempotencyKey }: { runId: string; idempotencyKey: string }): Promise<RunRow> {
      const run = await findRun(db, runId)
      if (!run) throw new StandinError('RUN_NOT_FOUND')
      if (!run.endedAt) throw new StandinError('RUN_NOT_ENDED')
      const action = await allowedAction(caller, run)
      if (!action.input.safeParse(run.input).success)
        throw new StandinError('INPUT_INVALID', { detail: 'The action has changed since. Start it anew.' })
      const { accountId, mode, input, previewRunId, deliverTo, timeZone, unitSystem } = run
      return db.transaction((tx) =>
        acceptRun(tx, queue, action, {
          ...{ accountId, mode, input, idempotencyKey, deliverTo, timeZone, unitSystem },
          ...(previewRunId !== null && { previewRunId }),
          retryOf: run.id,
          startedBy: startedBy(caller),
          actor: actorOf(caller),
        }),
      )
    },
  }
}

function startedBy(caller: Caller): RunRow['startedBy'] {
  return caller.kind === 'user'
    ? { kind: 'user', id: caller.id, name: caller.name }
    : { kind: 'service', id: caller.service, name: caller.service }
}
