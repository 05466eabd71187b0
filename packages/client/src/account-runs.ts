import type { Area, Artifact, Destination, Run, RunEvent, RunState, SentResult, SentRow } from '@standin/contracts'
import { allPages } from './all-pages.ts'
import type { CallOptions } from './call-options.ts'
import type { ClientCore } from './client-core.ts'
import type { ActionInput, AnyActions, DeclaredAction, DeclaredActions, EachAction } from './declared-action.ts'
import { type Download, download } from './downloads.ts'
import { type FollowOptions, followEvents } from './follow-events.ts'

interface RunOptions {
  accountId: string
  /**
   * 8 to 200 characters. The same key again starts nothing new. By default a new one for each call: give one of your own
   * where your process may be killed between the call and its answer.
   */
  idempotencyKey?: string
  /** `apply` by default. An action that changes data is applied only with the run of its preview. */
  mode?: 'preview' | 'apply'
  /** The ended preview whose changes are made. */
  previewRunId?: string
  /** Rows of the preview, by their ids, whose changes are not made; at most 500. */
  leaveOut?: string[]
  /** Where the result goes when the run has ended; at most 10. */
  deliverTo?: Destination[]
  /** An IANA name, such as `Europe/Copenhagen`: when days begin, and the time zone of times in files. UTC by default. */
  timeZone?: string
  /** The units in files. Metric by default. */
  unitSystem?: 'metric' | 'imperial'
  /** The language of emails and files, a BCP 47 tag such as `da-DK`. English by default. */
  language?: string
}

/** Optional only if the action needs no input. */
type WithInput<Input> =
  Record<never, never> extends Input
    ? {
        /** What the action's form asks for. `{}` by default. */
        input?: Input
      }
    : {
        /** What the action's form asks for. */
        input: Input
      }

type StartOf<Action> = Action extends DeclaredAction
  ? RunOptions & { actionId: Action['id'] } & WithInput<ActionInput<Action>>
  : never

/** A run to start. With `typeof actions`, `input` has the type of the action's input. */
export type StartRun<Actions extends DeclaredActions = AnyActions> = StartOf<EachAction<Actions>>

/** Which of an account's runs; all by default. */
export interface ListRuns extends CallOptions {
  actionId?: string | undefined
  states?: RunState[] | undefined
}

/** Which rows of a result, and in which order; all of them in the action's own order by default, worst first. */
export interface RowQuery {
  /** Words that the row's machine or text cells must contain, ignoring case; at most 200 characters. */
  search?: string | undefined
  /** The required value of a filterable column, by the column's key. */
  filter?: Record<string, string> | undefined
  /** Only rows that the previous run did not have. */
  onlyNew?: boolean | undefined
  /** Only rows whose position is in an area, or those without a known position. */
  within?: Area | 'nowhere' | undefined
  /** The key of the column. */
  sort?: { key: string; descending?: boolean } | undefined
}

/** One page of rows. */
export interface ResultPage extends RowQuery {
  /** The `nextCursor` of the previous page. */
  cursor?: string | undefined
  /** Rows, 20 by default, at most 100. */
  limit?: number | undefined
}

/** Background actions: start, watch, stop, read. */
export interface RunsClient<Actions extends DeclaredActions = AnyActions> {
  /**
   * Starts a background action. An accepted run is never lost.
   * @throws StandinClientError `ACTION_NOT_FOUND`, `INPUT_INVALID`, `SCOPE_NOT_GRANTED`, `SCOPE_FORBIDDEN`,
   *   `PREVIEW_REQUIRED`, `RUN_OVERLAPS`, `IDEMPOTENCY_KEY_REUSED`, or one of the installation's
   */
  start(run: StartRun<Actions>, options?: CallOptions): Promise<Run>
  /** @throws StandinClientError `RUN_NOT_FOUND`, also for a run of an account that is not granted */
  get(runId: string, options?: CallOptions): Promise<Run>
  /** The account's runs, the newest first, in pages of 100 behind the scenes. */
  list(accountId: string, options?: ListRuns): AsyncIterable<Run>
  /**
   * Asks the run to stop at its next checkpoint; what it has found stays readable.
   * @throws StandinClientError `RUN_NOT_FOUND`, `RUN_NOT_CANCELLABLE`
   */
  cancel(runId: string, options?: CallOptions): Promise<Run>
  /**
   * A new run with the same action and input. Without a key of 8 to 200 characters, each call starts one.
   * @throws StandinClientError `RUN_NOT_FOUND`, `RUN_NOT_ENDED`, or one of `start`
   */
  retry(runId: string, idempotencyKey?: string, options?: CallOptions): Promise<Run>
  /**
   * What the run has found so far: the sentence, the chart, and one page of rows.
   * @throws StandinClientError `RUN_NOT_FOUND`
   */
  result(runId: string, page?: ResultPage, options?: CallOptions): Promise<SentResult & { nextCursor: string | null }>
  /** Every row that the run has found so far, in pages of 100 behind the scenes. */
  rows(runId: string, query?: RowQuery, options?: CallOptions): AsyncIterable<SentRow>
  /**
   * A file of the run: one of its `artifacts`, or the id of one. Available from the end of the run until `keptUntil`.
   * @throws StandinClientError `ARTIFACT_NOT_FOUND`
   */
  download(artifact: Artifact | string, options?: CallOptions): Promise<Download>
  /** The events of a run, from `after` on, until it has ended. Reconnects automatically. */
  events(runId: string, options?: FollowOptions): AsyncIterable<RunEvent>
  /** Waits until the run has ended in any way; check its `state`. */
  ended(runId: string, options?: Omit<FollowOptions, 'after'>): Promise<Run>
}

export function createRunsClient<Actions extends DeclaredActions>(core: ClientCore): RunsClient<Actions> {
  const { api, call, parts } = core
  const get = (runId: string, options?: CallOptions) => call((how) => api.run.get.query({ runId }, how), options)
  const events = (runId: string, options: FollowOptions = {}) =>
    followEvents<RunEvent>(
      (lastEventId, handlers) =>
        api.run.events.subscribe({ runId, lastEventId }, { ...handlers, context: { fetch: options.fetch } }),
      options,
      parts,
    )

  return {
    start(run, options) {
      const { input = {}, idempotencyKey = crypto.randomUUID(), ...wanted } = run as StartRun
      return call((how) => api.run.start.mutate({ ...wanted, input, idempotencyKey }, how), options)
    },
    get,
    list: (accountId, { actionId, states, ...options } = {}) =>
      allPages(
        (cursor) =>
          call((how) => api.run.list.query({ accountId, actionId, states, limit: 100, cursor }, how), options),
        ({ runs }) => runs,
      ),
    cancel: (runId, options) => call((how) => api.run.cancel.mutate({ runId }, how), options),
    retry: (runId, idempotencyKey = crypto.randomUUID(), options) =>
      call((how) => api.run.retry.mutate({ runId, idempotencyKey }, how), options),
    result: (runId, page = {}, options) => call((how) => api.run.result.query({ ...page, runId }, how), options),
    rows: (runId, query = {}, options) =>
      allPages(
        (cursor) => call((how) => api.run.result.query({ ...query, runId, limit: 100, cursor }, how), options),
        ({ rows }) => rows,
      ),
    download: (artifact, options) => download(core, artifact, options),
    events,
    async ended(runId, options) {
      for await (const _event of events(runId, options));
      return get(runId, options)
    },
  }
}
