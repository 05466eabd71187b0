import type { Action, ErrorReason, InstallationState, Procedures, Run } from '@standin/contracts'
import type { z } from 'zod'
import { clientOver, type StandinClient } from '../create-standin-client.ts'
import type { ActionInput, ActionWithId, AnyActions, DeclaredActions, EachAction } from '../declared-action.ts'
import { StandinClientError } from '../standin-client-error.ts'
import { createFakeAccounts } from './fake-accounts.ts'
import { FakeRefusal, type FakeStream, fakeLink } from './fake-link.ts'
import { createFakeRuns, type FakeEnding, type FakeProgress, type NewRun } from './fake-runs.ts'

/** How the fake differs from an empty server. */
export interface FakeStandinOptions {
  /** What the actions' catalogue holds. By default any action can be started and the catalogue is empty. */
  actions?: Action[]
  /**
   * The APIs that `fetchFor` reaches: looks at the request, which carries the token, and answers. By default 200 with
   * `{}`. An answer of 401 makes the client ask for a newer token, as it does against the real one.
   */
  respond?: (request: Request) => Response | Promise<Response>
  /** Origins to which `fetchFor` may send a token. */
  apiOrigins?: readonly string[]
  /** Of the client: 0 by default, so that a refusal is seen. Its pauses take no time; `advance` is called for them. */
  maxRetries?: number
}

/** A run that the code under test has started. */
export interface StartedRun<Input = Record<string, unknown>> extends Pick<Run, 'id' | 'accountId' | 'mode'> {
  input: Input
  /** How far it is: its watchers see it. */
  progress(progress: FakeProgress): void
  /** Whether the code under test has asked it to stop. */
  isCancelled(): boolean
}

/** Where the fake's files are. Nothing is sent there. */
const fileOrigin = 'https://files.standin.invalid'

type Noun = keyof Procedures & string
/** Every query and mutation, such as `schedule.list`. */
export type ProcedurePath = { [N in Noun]: `${N}.${keyof Procedures[N] & string}` }[Noun]
type ContractOf<Path> = Path extends `${infer N extends Noun}.${infer Name}`
  ? Name extends keyof Procedures[N]
    ? Procedures[N][Name]
    : never
  : never
type InputOf<Path> = ContractOf<Path> extends { input: infer Schema extends z.ZodType } ? z.output<Schema> : never
type OutputOf<Path> = ContractOf<Path> extends { output: infer Schema extends z.ZodType } ? z.output<Schema> : never

/** A server in this process, its client, and what a test can make happen in it. */
export interface FakeStandin<Actions extends DeclaredActions = AnyActions> {
  /** The real client, over a server that is a few functions in this process: give it to what you test. */
  client: StandinClient<Actions>
  /**
   * What the runs of an action do, as soon as the code under test starts them: `act` reports progress, and returns how the
   * run ends (`succeeded` by default). If it throws a StandinClientError, the run fails with its reason. Runs of other
   * actions stay queued until `end`.
   */
  onStart<Id extends EachAction<Actions>['id']>(
    actionId: Id,
    act: (
      run: StartedRun<ActionInput<ActionWithId<Actions, Id>>>,
      // biome-ignore lint/suspicious/noConfusingVoidType: an act that says nothing returns nothing
    ) => FakeEnding | void | Promise<FakeEnding | void>,
  ): void
  /** The account installs the app (again) and grants these scopes. */
  install(accountId: string, grants: { scopes: readonly string[] }): void
  /** What happens to the installation: `parked`, `uninstalled` … */
  setState(accountId: string, state: Exclude<InstallationState, 'none' | 'superseded'>): void
  /** The next calls of a procedure are refused, once by default. */
  refuse(path: ProcedurePath, reason: ErrorReason, options?: { times?: number; retryAfterMs?: number }): void
  /** How a query or mutation is answered from now on, in place of the fake's own way. */
  answer<Path extends ProcedurePath>(
    path: Path,
    respond: (input: InputOf<Path>) => OutputOf<Path> | Promise<OutputOf<Path>>,
  ): void
  /** A run is worked on so far: its watchers see it. */
  progress(runId: string, progress: FakeProgress): void
  /** A run ends, `succeeded` by default. One that has ended stays as it is. */
  end(runId: string, ending?: FakeEnding): void
  /** Time passes: tokens live for an hour, and are re-used by the client for five minutes. */
  advance(ms: number): void
  /** Every call that reached the server, in order; calls answered from a cache are not included. */
  calls: ReadonlyArray<{ path: string; input: unknown }>
}

/**
 * A Standin for the tests of a program that uses the client: no network, no database, time that you set.
 * It is in the beginning without accounts; nothing in it waits.
 */
export function createFakeStandin<Actions extends DeclaredActions = AnyActions>({
  actions = [],
  respond = () => Response.json({}),
  apiOrigins,
  maxRetries = 0,
}: FakeStandinOptions = {}): FakeStandin<Actions> {
  let nowMs = Date.UTC(2026, 0, 1)
  const clock = () => nowMs
  const accounts = createFakeAccounts(clock)
  const acts = new Map<string, (run: StartedRun<never>) => unknown>()
  // After the answer to the call that started it.
  const runs = createFakeRuns(clock, (run) => queueMicrotask(() => void play(run)))
  const calls: Array<{ path: string; input: unknown }> = []
  const refusals = new Map<string, { reason: ErrorReason; times: number; retryAfterMs?: number }>()
  const answers = new Map<string, (input: never) => unknown>()

  const own: Record<string, (input: never) => unknown> = {
    'token.issue': accounts.issue,
    'installation.get': ({ accountId }: { accountId: string }) => accounts.describe(accountId),
    'installation.list': () => ({ installations: accounts.list(), nextCursor: null }),
    'action.list': ({ accountId }: { accountId: string }) => {
      accounts.served(accountId)
      return { actions, sendsEmail: true }
    },
    // Results may be sent to anybody.
    'receiver.list': () => ({ own: null, domains: [], everywhere: ['any'], addresses: [], mayChange: false }),
    'run.start': (wanted: NewRun) => {
      accounts.served(wanted.accountId)
      return runs.start(wanted)
    },
    'run.get': ({ runId }: { runId: string }) => runs.get(runId),
    'run.list': ({ accountId, ...only }: { accountId: string } & Parameters<typeof runs.list>[1]) => ({
      runs: runs.list(accountId, only),
      nextCursor: null,
    }),
    'run.cancel': ({ runId }: { runId: string }) => runs.cancel(runId),
    'run.retry': ({ runId, idempotencyKey }: { runId: string; idempotencyKey: string }) =>
      runs.retry(runId, idempotencyKey),
    'run.result': ({ runId, ...page }: { runId: string; cursor?: string; limit?: number }) => runs.result(runId, page),
    'artifact.link': ({ artifactId }: { artifactId: string }) => {
      runs.file(artifactId)
      return { url: `${fileOrigin}/${artifactId}`, expiresAt: new Date(nowMs + 60_000).toISOString() }
    },
  }

  async function play({ id, accountId, mode, actionId, input }: Run): Promise<void> {
    const act = acts.get(actionId)
    if (act === undefined || runs.get(id).endedAt !== null) return
    const isCancelled = () => ['cancelling', 'cancelled'].includes(runs.get(id).state)
    const run = { id, accountId, mode, input, isCancelled, progress: (now: FakeProgress) => runs.progress(id, now) }
    try {
      const ending = (await act(run as StartedRun<never>)) as FakeEnding | undefined
      runs.end(id, { ...(isCancelled() && { state: 'cancelled' as const }), ...ending })
    } catch (error) {
      const isRefusal = error instanceof StandinClientError
      runs.end(id, { state: 'failed', reason: isRefusal ? (error.reason as ErrorReason) : 'INTERNAL' })
      if (!isRefusal) throw error // A mistake in the test: it is to be seen.
    }
  }

  async function send(request: Request): Promise<Response> {
    if (!request.url.startsWith(`${fileOrigin}/`)) return respond(request)
    const { name, mediaType = 'text/plain', content } = runs.file(request.url.slice(fileOrigin.length + 1))
    const body = new Blob([content])
    const disposition = `attachment; filename*=UTF-8''${encodeURIComponent(name)}`
    const headers = {
      'content-type': mediaType,
      'content-disposition': disposition,
      'content-length': String(body.size),
    }
    return new Response(body.stream(), { headers })
  }

  function refuseWhereTold(path: string): void {
    const refusal = refusals.get(path)
    if (refusal === undefined) return
    refusal.times--
    if (refusal.times === 0) refusals.delete(path)
    throw new FakeRefusal(refusal.reason, refusal)
  }

  const link = fakeLink({
    async call(path, input) {
      calls.push({ path, input })
      refuseWhereTold(path)
      const answer = answers.get(path) ?? own[path]
      if (answer === undefined) throw new Error(`Say how ${path} is answered: fake.answer('${path}', …).`)
      return await answer(input as never)
    },
    stream(path, input): FakeStream {
      calls.push({ path, input })
      refuseWhereTold(path)
      return path === 'run.events' ? runs.stream((input as { runId: string }).runId) : accounts.events.stream
    },
  })

  return {
    client: clientOver<Actions>({
      links: [link],
      now: clock,
      maxRetries,
      sleep: async (ms) => {
        nowMs += ms
      },
      random: () => 0,
      fetch: (input, init) => send(new Request(input, init)),
      ...(apiOrigins && { apiOrigins }),
    }),
    onStart: (actionId, act) => {
      acts.set(actionId, act as (run: StartedRun<never>) => unknown)
    },
    install: (accountId, { scopes }) => accounts.install(accountId.toLowerCase(), scopes),
    setState: (accountId, state) => accounts.setState(accountId.toLowerCase(), state),
    refuse: (path, reason, { times = 1, retryAfterMs } = {}) => {
      refusals.set(path, { reason, times, ...(retryAfterMs !== undefined && { retryAfterMs }) })
    },
    answer: (path, respond) => {
      answers.set(path, respond as (input: never) => unknown)
    },
    progress: runs.progress,
    end: (runId, ending = {}) => runs.end(runId, ending),
    advance: (ms) => {
      nowMs += ms
    },
    calls,
  }
}
