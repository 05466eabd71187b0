import type { Action as Described, Destination, Message } from '@standin/contracts'
import type { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { MachineRegister } from '../machines/machine-register.ts'
import type { ArtifactWriter } from '../results/artifacts/artifact-writer.ts'
import type { ResultWriter } from '../results/result-writer.ts'
import type { Effect } from '../runs/run-effects.ts'
import type { TrackunitClient } from '../trackunit/trackunit-client.ts'
import type { CompiledCatalogue } from './define-messages.ts'
import type { PreviewOfRun, PreviousRun } from './run-predecessors.ts'

/** What an action works with. Everything here belongs to the run's account. */
export interface RunContext<Input, State = unknown> {
  readonly accountId: string
  /** How people on the account read times and numbers, as far as it is known. */
  readonly account: AccountHabits
  readonly input: Input
  readonly mode: 'preview' | 'apply'
  /** Trackunit's APIs with the account's token. Requests wait for Trackunit's limits; changes are made through `effect`. */
  readonly trackunit: TrackunitClient
  /** What time it is. */
  readonly clock: Pick<Clock, 'now'>
  /** Aborts when the run is to stop; pass it to everything that waits. */
  readonly signal: AbortSignal
  /**
   * What the run has saved, as the action's `state` describes it; before that, every field has its default. It changes by
   * `save` alone, in place: a `state` that was taken out of the context stays current.
   */
  readonly state: Readonly<State>
  /** What the last checkpoint kept; undefined without one. An action with `state` reads that. */
  readonly resumedFrom: unknown
  /** The last run of this action on this account with the same input that succeeded; undefined without one. */
  readonly previous: PreviousRun | undefined
  /** For an applied run of an action that changes data: its preview, as it ended. */
  readonly preview: PreviewOfRun | undefined
  /** What the run found, in rows; readable from its next checkpoint on. */
  readonly result: ResultWriter
  /** The machines that runs of this account have read, and their counters. */
  readonly machines: MachineRegister
  /** How far the work is; written at most five times a second. `total` is null while it is unknown. */
  progress(now: { done: number; total: number | null; message: Message }): Promise<void>
  /**
   * Changes fields of `state` and keeps it, every file and the result as they are now, in one transaction: after a crash, a
   * deploy or a wait, the next attempt continues from here. Call it after each page. With the values of `durable`, at most
   * 16 MB as JSON.
   * @throws RunStopped when the run was cancelled or another worker holds it; StandinError `ACTION_FAULTY` for a state that
   * its schema refuses or that is too large
   */
  save(change?: Partial<State>): Promise<void>
  /**
   * A step that is skipped once it is done: returns the value that it returned then. The value is kept as JSON, with the
   * state, the files and the result, when the step ends; a date in it comes back as a text. A step that was interrupted is
   * done again, so what takes long saves within.
   * @param name of the step, the same in every version of the action: another name is another step
   */
  durable<Value>(name: string, work: () => Promise<Value>): Promise<Value>
  /**
   * As `save`, with any JSON, for an action without `state`. An applied run reads the last checkpoint of its preview.
   * @throws RunStopped when the run was cancelled or another worker holds it
   */
  checkpoint(state: unknown): Promise<void>
  /**
   * Makes one change in Trackunit exactly once, whatever crashes: the intent is on disk before, the outcome after. The
   * same key again, also in a later attempt or a retry of the run, returns the recorded outcome.
   * `do` is the only place that may send Trackunit a mutation or a request other than GET; what it starts must end in it.
   * @throws StandinError `ACTION_FAULTY` in a preview, or where `changesData` is false; as `do` did; `EFFECT_UNKNOWN` when
   * it cannot be known whether the change was made
   */
  effect<Outcome>(effect: Effect<Outcome>): Promise<Outcome>
  /** A file that the run leaves, written piece by piece; continues where the last checkpoint left it. */
  artifact(file: { name: string; mediaType: string }): Promise<ArtifactWriter>
  /** Adds a destination for the result when the run has ended, besides those that it was started or scheduled with. */
  deliver(destination: Destination): Promise<void>
  /** A line for people who watch the run. No secrets. */
  log(message: Message): Promise<void>
  /** The result in one sentence. */
  headline(sentence: Message): Promise<void>
  /**
   * What the result leaves out because it could not be read, and why: it is shown as incomplete, never as all clear. Where
   * its first message has a number `machines`, people are offered to see these in Manager, unless they chose some of them.
   */
  incomplete(what: Message): Promise<void>
  /**
   * A part of the work with a name and a duration, shown in order. `progress` within it counts for this step, and is kept
   * when the run waits; see `Action.steps`.
   */
  step<Result>(name: Message, work: () => Promise<Result>): Promise<Result>
}

/** What an action may still use when its run ends early. */
export interface PartContext<Input, State = unknown>
  extends Omit<
    RunContext<Input, State>,
    'trackunit' | 'signal' | 'progress' | 'save' | 'durable' | 'checkpoint' | 'effect' | 'deliver' | 'step'
  > {
  /** Whether a durable step was done. */
  isDone(step: string): boolean
  /**
   * The state of every change, by key, of this run and of earlier runs that applied the same preview, including changes
   * made after the last checkpoint. `unknown`: Trackunit may or may not have made it.
   */
  changes(): Promise<ReadonlyMap<string, 'made' | 'not made' | 'unknown'>>
}

export interface AccountHabits {
  /** An IANA time zone, such as `Europe/Copenhagen`; null if unknown. */
  timeZone: string | null
  unitSystem: 'metric' | 'imperial' | null
  /** The scopes that the account granted; undefined if unknown. */
  grantedScopes?: readonly string[] | undefined
}

export interface ActionLimits<Input> {
  /** After this long an attempt ends, and the run continues from its last checkpoint. By default six hours. */
  maxAttemptMs?: number
  /**
   * How often a run reads each page of the AEMP snapshot, which Trackunit allows 50 times in 30 days; a schedule that
   * would need more is refused. By default 0. `hasGraphql` is also true while that is unknown.
   */
  aempReadsPerRun?: (about: { input: Input; hasGraphql: boolean }) => number
}

/** The schema of an action that keeps no state. */
export type NoState = z.ZodObject<Record<never, never>>

export interface Action<Schema extends z.ZodObject = z.ZodObject, State extends z.ZodObject = NoState> {
  /** Lower case words with hyphens; never changed once runs exist. */
  id: string
  title: string
  description: string
  /** Its titles and descriptions become the form. */
  input: Schema
  /**
   * What a run keeps between its attempts, of JSON values, each with a default. A run of an earlier version goes on with
   * it: a new field has its default, and one that is gone is dropped. Where a kept field no longer fits, the run fails with
   * `ACTION_CHANGED` and can be started again; give a field that changes its meaning a new name instead.
   */
  state?: State
  /** Required on the account; without one of them a run fails before its first request. */
  scopes: readonly string[]
  /**
   * Used when the account granted them. What needs a missing one is left out, and the app says so. Not asked of the person who
   * starts the action or reads its result: that takes `scopes` alone.
   */
  optionalScopes?: readonly string[]
  /**
   * For an action that requires GraphQL: what the account's Trackunit plan must include, in words that complete
   * "Needs …, which is not in your Trackunit plan". The action cannot be started for a day after Trackunit refused GraphQL.
   */
  plan?: string
  /**
   * Whether it changes anything in Trackunit. Then it is applied only after a preview, which changes nothing. Without it,
   * `effect` is refused.
   */
  changesData: boolean
  /**
   * Addresses of Trackunit's REST API to which a POST only reads, such as a search: without their query, exactly as they are
   * asked. Every other POST is refused outside `effect`.
   */
  readingPosts?: readonly string[]
  /** About how long one change takes: shown by a preview until runs on the account give a better estimate. */
  secondsPerChange?: number
  /** Whether two runs of it on one account may work at once. By default they may not. */
  mayOverlap?: boolean
  /**
   * The names of all `step`s in their order, in the same words: people see them from the start, and how much of the whole is
   * done. One that is not needed is left out when a later one begins. Of
   * a change (`defineChange`): those of its preview.
   */
  steps?: (about: { mode: 'preview' | 'apply' }) => readonly Message[]
  /**
   * What it reads from Trackunit, such as `Service plans`, `What is due and what is overdue`. The first action of the
   * catalogue that has this, changes nothing and needs no input is what the app offers to people who open it for the first time.
   * What needs an optional `scope` is not promised where the account did not grant it.
   */
  reads?: ReadonlyArray<Described['reads'][number] & { scope?: string }>
  limits?: ActionLimits<z.output<Schema>>
  /**
   * The catalogue of `defineMessages`. The app also looks up `title`, `description`, `plan`, `input.<field>`,
   * `input.<field>.description` and `input.<field>.<choice>` in it, and shows the English above if one is missing.
   */
  messages?: CompiledCatalogue
  run(context: RunContext<z.output<Schema>, z.output<State>>): Promise<void>
  /**
   * Makes the work done so far readable when a run fails for good or is stopped early, from what it saved last (`state`):
   * rows, and a file that says in its name and first line that it is a part. Called at most once, just
   * before the run ends, for at most 20 seconds and without Trackunit; if it throws, the run keeps what it had.
   * A waiting run that saved nothing is stopped without it: save before the first change.
   */
  leavePart?(context: PartContext<z.output<Schema>, z.output<State>>): Promise<void>
}

/**
 * Declares a background action: one file in the folder that `actionsIn` reads. Its id and its input stay
 * in its type, for `createStandinClient<typeof actions>()`.
 */
export function defineAction<Schema extends z.ZodObject, const Id extends string, State extends z.ZodObject = NoState>(
  action: Action<Schema, State> & { id: Id },
): Action<Schema, State> & { id: Id } {
  return action
}

/** Any action, whatever its input. */
// biome-ignore lint/suspicious/noExplicitAny: an action takes only its own input; the schema beside it guards every call
export type AnyAction = Action<any, any>
