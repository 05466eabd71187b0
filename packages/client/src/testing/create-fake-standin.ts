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
  /** The catalogue of actions, empty by default. Any action can be started, listed or not. */
  actions?: Action[]
  /**
   * Answers the requests of `fetchFor`, which carry the token. By default 200 with `{}`. An answer of 401 makes the client
   * ask for a newer token, as with a real server.
   */
  respond?: (request: Request) => Response | Promise<Response>
  /** Origins to which `fetchFor` may send a token. */
  apiOrigins?: readonly string[]
  /** The client's `maxRetries`: 0 by default, so that a refusal is seen. Its pauses only advance the fake's time. */
  maxRetries?: number
}

/** A run that the code under test started. */
export interface StartedRun<Input = Record<string, unknown>> extends Pick<Run, 'id' | 'accountId' | 'mode'> {
  input: Input
  /** Reports progress to those who watch the run. */
  progress(progress: FakeProgress): void
  /** Whether the code under test cancelled it. */
  isCancelled(): boolean
}

/** The origin of the fake's files. No request leaves the process. */
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

/** A server in this process, its client, and functions that make things happen in it. */
export interface FakeStandin<Actions extends DeclaredActions = AnyActions> {
  /** The real client. Pass it to the code under test. */
  client: StandinClient<Actions>
  /**
   * Sets what the runs of an action do when the code under test starts them: `act` reports progress, and returns how the run
   * ends (`succeeded` by default). If it throws a StandinClientError, the run fails with its reason. Runs of other actions
   * stay queued until `end`.
   */
  onStart<Id extends EachAction<Actions>['id']>(
    actionId: Id,
    act: (
      run: StartedRun<ActionInput<ActionWithId<Actions, Id>>>,
      // biome-ignore lint/suspicious/noConfusingVoidType: an act that succeeds needs no return
    ) => FakeEnding | void | Promise<FakeEnding | void>,
  ): void
  /** Installs the app, or installs it again, with these scopes granted. */
  install(accountId: string, grants: { scopes: readonly string[] }): void
  /** Changes the state of an installation: `parked`, `uninstalled` … */
  setState(accountId: string, state: Exclude<InstallationState, 'none' | 'superseded'>): void
  /** Refuses the next calls of a procedure; one by default. */
  refuse(path: ProcedurePath, reason: ErrorReason, options?: { times?: number; retryAfterMs?: number }): void
  /** Answers a query or mutation from now on, instead of the fake's own answer. */
  answer<Path extends ProcedurePath>(
    path: Path,
    respond: (input: InputOf<Path>) => OutputOf<Path> | Promise<OutputOf<Path>>,
  ): void
  /** Reports progress of a run to those who watch it. */
  progress(runId: string, progress: FakeProgress): void
  /** Ends a run, as `succeeded` by default. One that has ended stays as it is. */
  end(runId: string, ending?: FakeEnding): void
  /** Advances the time. Tokens live for an hour, and the client reuses them for five minutes. */
  advance(ms: number): void
  /** Every call that reached the server, in order; calls answered from a cache are not included. */
  calls: ReadonlyArray<{ path: string; input: unknown }>
}

/** The state of a fake. */
interface Fake {
  nowMs: number
  accounts: ReturnType<typeof createFakeAccounts>
  runs: ReturnType<typeof createFakeRuns>
  acts: Map<string, (run: StartedRun<never>) => unknown>
  calls: Array<{ path: string; input: unknown }>
  refusals: Map<string, { reason: ErrorReason; times: number; retryAfterMs?: number }>
  /** By path. What a test sets replaces the fake's own. */
  answers: Record<string, (input: never) => unknown>
  respond: NonNullable<FakeStandinOptions['respond']>
}

/**
 * A Standin for the tests of a program that uses the client: no network, no database, and time that the test sets.
 * It has no accounts at first, and nothing in it waits.
 */
export function createFakeStandin<Actions extends DeclaredActions = AnyActions>({
  actions = [],
  respond = () => Response.json({}),
  apiOrigins,
  maxRetries = 0,
}: FakeStandinOptions = {}): FakeStandin<Actions> {
  const clock = () => fake.nowMs
  // A run acts after the answer to the call that started it.
  const runs = createFakeRuns(clock, (run) => queueMicrotask(() => void act(fake, run)))
  const accounts = createFakeAccounts(clock)
  const fake: Fake = {
    nowMs: Date.UTC(2026, 0, 1),
    accounts,
    runs,
    acts: new Map(),
    calls: [],
    refusals: new Map(),
    answers: ownAnswers({ accounts, runs, actions, clock }),
    respond,
  }
  const advance = (ms: number) => {
    fake.nowMs += ms
  }
  return {
    client: clientOver<Actions>({
      links: [linkTo(fake)],
      now: clock,
      maxRetries,
      sleep: async (ms) => advance(ms),
      random: () => 0,
      fetch: (input, init) => send(fake, new Request(input, init)),
      ...(apiOrigins && { apiOrigins }),
    }),
    onStart: (actionId, act) => {
      fake.acts.set(actionId, act as (run: StartedRun<never>) => unknown)
    },
    install: (accountId, { scopes }) => accounts.install(accountId.toLowerCase(), scopes),
    setState: (accountId, state) => accounts.setState(accountId.toLowerCase(), state),
    refuse: (path, reason, { times = 1, retryAfterMs } = {}) => {
      fake.refusals.set(path, { reason, times, ...(retryAfterMs !== undefined && { retryAfterMs }) })
    },
    answer: (path, respond) => {
      fake.answers[path] = respond as (input: never) => unknown
    },
    progress: runs.progress,
    end: (runId, ending = {}) => runs.end(runId, ending),
    advance,
    calls: fake.calls,
  }
}

/** The fake's answers, by path. */
function ownAnswers({
  accounts,
  runs,
  actions,
  clock,
}: Pick<Fake, 'accounts' | 'runs'> & { actions: Action[]; clock: () => number }): Fake['answers'] {
  return {
    'token.issue': accounts.issue,
    'installation.get': ({ accountId }: { accountId: string }) => accounts.describe(accountId),
    'installation.list': () => ({ installations: accounts.list(), nextCursor: null }),
    'action.list': ({ accountId }: { accountId: string }) => {
      accounts.served(accountId)
      return { actions, sendsEmail: true }
    },
    // Results may be sent to any address.
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
      return { url: `${fileOrigin}/${artifactId}`, expiresAt: new Date(clock() + 60_000).toISOString() }
    },
  }
}

function linkTo(fake: Fake) {
  return fakeLink({
    async call(path, input) {
      receiveCall(fake, path, input)
      const answer = fake.answers[path]
      if (answer === undefined)
        throw new Error(`The fake has no answer to ${path}. Give it one: fake.answer('${path}', …).`)
      return await answer(input as never)
    },
    stream(path, input): FakeStream {
      receiveCall(fake, path, input)
      return path === 'run.events' ? fake.runs.stream((input as { runId: string }).runId) : fake.accounts.events.stream
    },
  })
}

/** @throws FakeRefusal if the test said that the next calls are refused */
function receiveCall({ calls, refusals }: Fake, path: string, input: unknown): void {
  calls.push({ path, input })
  const refusal = refusals.get(path)
  if (refusal === undefined) return
  refusal.times--
  if (refusal.times === 0) refusals.delete(path)
  throw new FakeRefusal(refusal.reason, refusal)
}

/** Does with a run what the test said that its action does. */
async function act({ acts, runs }: Fake, { id, accountId, mode, actionId, input }: Run): Promise<void> {
  const actOf = acts.get(actionId)
  if (actOf === undefined || runs.get(id).endedAt !== null) return
  const isCancelled = () => ['cancelling', 'cancelled'].includes(runs.get(id).state)
  const run = { id, accountId, mode, input, isCancelled, progress: (now: FakeProgress) => runs.progress(id, now) }
  try {
    const ending = (await actOf(run as StartedRun<never>)) as FakeEnding | undefined
    runs.end(id, { ...(isCancelled() && { state: 'cancelled' as const }), ...ending })
  } catch (error) {
    const isRefusal = error instanceof StandinClientError
    runs.end(id, { state: 'failed', reason: isRefusal ? (error.reason as ErrorReason) : 'INTERNAL' })
    if (!isRefusal) throw error // A mistake in the test must be seen.
  }
}

async function send({ runs, respond }: Fake, request: Request): Promise<Response> {
  if (!request.url.startsWith(`${fileOrigin}/`)) return respond(request)
  const { name, mediaType = 'text/plain', content } = runs.file(request.url.slice(fileOrigin.length + 1))
  const body = new Blob([content])
  const headers = {
    'content-type': mediaType,
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    'content-length': String(body.size),
  }
  return new Response(body.stream(), { headers })
}
