import type { Destination, Run, RunEvent, RunState, SentResult } from '@standin/contracts'
import type { TRPCClient } from '@trpc/client'
import { allPages } from './all-pages.ts'
import type { AppRouter } from './app-router.ts'
import { type FollowOptions, followEvents } from './follow-events.ts'
import { told } from './standin-client-error.ts'

export interface StartRun {
  accountId: string
  actionId: string
  /** What the action's form asks for. `{}` by default. */
  input?: Record<string, unknown>
  /**
   * 8 to 200 characters. The same key again starts nothing new. By default a new one for each call: give one of your own
   * where your process may be killed between the call and its answer.
   */
  idempotencyKey?: string
  /** `apply` by default. An action that changes data is applied only with the run of its preview. */
  mode?: 'preview' | 'apply'
  previewRunId?: string
  /** Where the result goes when the run has ended; at most 10. */
  deliverTo?: Destination[]
  /** An IANA name, such as `Europe/Copenhagen`: where days begin, and how files say times. UTC by default. */
  timeZone?: string
  /** Of files. Metric by default. */
  unitSystem?: 'metric' | 'imperial'
}

export interface RunsClient {
  /**
   * Starts a background action. An accepted run is never lost.
   * @throws StandinClientError `ACTION_NOT_FOUND`, `INPUT_INVALID`, `SCOPE_NOT_GRANTED`, `SCOPE_FORBIDDEN`,
   *   `PREVIEW_REQUIRED`, `RUN_OVERLAPS`, `IDEMPOTENCY_KEY_REUSED`, or one of the installation's
   */
  start(run: StartRun): Promise<Run>
  /** @throws StandinClientError `RUN_NOT_FOUND`, also for a run of an account that is not granted */
  get(runId: string): Promise<Run>
  /** The account's runs, the newest first, in pages of 100 behind the scenes. */
  list(accountId: string, only?: { actionId?: string; states?: RunState[] }): AsyncIterable<Run>
  /** Asks the run to stop at its next checkpoint; what it has found stays readable. @throws `RUN_NOT_CANCELLABLE` */
  cancel(runId: string): Promise<Run>
  /** A new run with the same action and input. */
  retry(runId: string, idempotencyKey?: string): Promise<Run>
  /** What it found so far: the sentence, the chart, and 20 rows (`limit`, at most 100) after `cursor`. */
  result(
    runId: string,
    page?: { search?: string; filter?: Record<string, string>; cursor?: string; limit?: number },
  ): Promise<SentResult & { nextCursor: string | null }>
  /** What happens in a run, from `after` on, until it has ended; survives cuts of the connection. */
  events(runId: string, options?: FollowOptions): AsyncIterable<RunEvent>
  /** Waits until the run has ended, however it ended: look at its `state`. */
  ended(runId: string, options?: { signal?: AbortSignal }): Promise<Run>
}

export function createRunsClient(api: TRPCClient<AppRouter>): RunsClient {
  const events = (runId: string, options: FollowOptions = {}) =>
    followEvents<RunEvent>(
      (lastEventId, handlers) => api.run.events.subscribe({ runId, lastEventId }, handlers),
      options,
    )

  return {
    start: ({ input = {}, idempotencyKey = crypto.randomUUID(), ...run }) =>
      told(api.run.start.mutate({ ...run, input, idempotencyKey })),
    get: (runId) => told(api.run.get.query({ runId })),
    list: (accountId, only = {}) =>
      allPages(
        (cursor) => api.run.list.query({ accountId, ...only, limit: 100, ...(cursor && { cursor }) }),
        ({ runs }) => runs,
      ),
    cancel: (runId) => told(api.run.cancel.mutate({ runId })),
    retry: (runId, idempotencyKey = crypto.randomUUID()) => told(api.run.retry.mutate({ runId, idempotencyKey })),
    result: (runId, page = {}) => told(api.run.result.query({ runId, ...page })),
    events,
    async ended(runId, { signal } = {}) {
      for await (const _event of events(runId, signal && { signal }));
      return told(api.run.get.query({ runId }))
    },
  }
}
