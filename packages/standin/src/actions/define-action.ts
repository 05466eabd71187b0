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
  /** The time zone and units of the person who reads the result, if known. */
  readonly account: AccountHabits
  readonly input: Input
  readonly mode: 'preview' | 'apply'
  /** Trackunit's APIs with the account's token. Requests wait for Trackunit's limits; changes are made through `effect`. */
  readonly trackunit: TrackunitClient
  readonly clock: Pick<Clock, 'now'>
  /** Aborts when the run is to stop; pass it to everything that waits. */
  readonly signal: AbortSignal
  /**
   * What the run has saved, in the form of the action's `state`; before that, every field has its default. Only `save` changes
   * it, in place: a destructured `state` stays current.
   */
  readonly state: Readonly<State>
  /** The value of the last `checkpoint`, if any. An action with `state` reads `state` instead. */
  readonly resumedFrom: unknown
  /** The last successful run of this action on this account with the same input, if any. */
  readonly previous: PreviousRun | undefined
  /** For an applied run of an action that changes data: its preview, as it ended. */
  readonly preview: PreviewOfRun | undefined
  /** The rows that the run found. They can be read after its next checkpoint. */
  readonly result: ResultWriter
  /** The machines that runs of this account have read, and their counters. */
  readonly machines: MachineRegister
  /** Reports progress, written at most five times a second. `total` is null while it is unknown. */
  progress(now: { done: number; total: number | null; message: Message }): Promise<void>
  /**
   * Changes fields of `state` and stores it with every file and the result as they are now, in one transaction: after a crash,
   * a deploy or a wait, the next attempt continues from here. Call it after each page. Together with the values of `durable`,
   * at most 16 MB as JSON.
   * @throws RunStopped if the run was cancelled or another worker holds it; StandinError `ACTION_FAULTY` for a state that
   * its schema refuses or that is too large
   */
  save(change?: Partial<State>): Promise<void>
  /**
   * A step that is done once: later attempts skip it and get the same value. The value is stored as JSON, with the state, the
   * files and the result, when the step ends; a date comes back as a string. A step that was interrupted is repeated, so a long
   * one should call `save`.
   * @param name of the step, the same in every version of the action: another name is another step
   */
  durable<Value>(name: string, work: () => Promise<Value>): Promise<Value>
  /**
   * Like `save`, with any JSON, for an action without `state`. An applied run reads the last checkpoint of its preview.
   * @throws RunStopped if the run was cancelled or another worker holds it
   */
  checkpoint(state: unknown): Promise<void>
  /**
   * Makes one change in Trackunit exactly once, even after a crash: the intent is on disk before, the outcome after. Another
   * call with the same key, also in a later attempt or a retry of the run, returns the recorded outcome.
   * Only `do` may send Trackunit a mutation or a request other than GET; it must await everything that it starts.
   * @throws StandinError `ACTION_FAULTY` in a preview, or if `changesData` is false; what `do` throws; `EFFECT_UNKNOWN` if it
   * cannot be known whether the change was made
   */
  effect<Outcome>(effect: Effect<Outcome>): Promise<Outcome>
  /** Opens a file of the run, written piece by piece. Continues where the last checkpoint left it. */
  artifact(file: { name: string; mediaType: string }): Promise<ArtifactWriter>
  /** Adds a destination for the result, besides those that the run was started or scheduled with. */
  deliver(destination: Destination): Promise<void>
  /** A line for people who watch the run. No secrets. */
  log(message: Message): Promise<void>
  /** The result in one sentence. */
  headline(sentence: Message): Promise<void>
  /**
   * What is missing from the result because it could not be read, and why: the result is then shown as incomplete, never as all
   * clear. If the first message has a number `machines`, readers can open these in Manager, unless they chose the machines.
   */
  incomplete(what: Message): Promise<void>
  /**
   * A part of the work, shown with its name and duration. `progress` within it counts for this step, and is kept while the run
   * waits; see `Action.steps`.
   */
  step<Result>(name: Message, work: () => Promise<Result>): Promise<Result>
}

/** What an action may still use when its run ends early. */
export interface PartContext<Input, State = unknown>
  extends Omit<
    RunContext<Input, State>,
    'trackunit' | 'signal' | 'progress' | 'save' | 'durable' | 'checkpoint' | 'effect' | 'deliver' | 'step'
  > {
  /** Whether a durable step is done. */
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
  /** How long an attempt may take; then the run continues from its last checkpoint. Six hours by default. */
  maxAttemptMs?: number
  /**
   * How often a run reads each page of the AEMP snapshot; 0 by default. Trackunit allows 50 reads in 30 days, and a schedule
   * that needs more is refused. `hasGraphql` is also true while that is unknown.
   */
  aempReadsPerRun?: (about: { input: Input; hasGraphql: boolean }) => number
}

/** The schema of an action that keeps no state. */
export type NoState = z.ZodObject<Record<never, never>>

export interface Action<Schema extends z.ZodObject = z.ZodObject, State extends z.ZodObject = NoState> {
  /** Lower-case words with hyphens. Never change it once runs exist. */
  id: string
  title: string
  description: string
  /** Becomes the form, with its titles and descriptions. */
  input: Schema
  /**
   * What a run keeps between its attempts: JSON values, each with a default. After an update, a run continues with what it had:
   * a new field has its default, and a removed one is dropped. If a stored value no longer fits its field, the run fails with
   * `ACTION_CHANGED` and can be started again; rename a field whose meaning changes.
   */
  state?: State
  /** What the account must grant; without one of these, a run fails before its first request. */
  scopes: readonly string[]
  /**
   * Used if the account granted them and the caller that starts the run has them. What needs a missing one is left out, and the
   * app says so. People can start the action without them, but a result that was read with one is shown only to those who have it.
   */
  optionalScopes?: readonly string[]
  /**
   * For an action that requires GraphQL: what the account's Trackunit plan must include, in words that complete
   * "Needs …, which is not in your Trackunit plan". The action cannot be started for a day after Trackunit refused GraphQL.
   */
  plan?: string
  /**
   * Whether it changes anything in Trackunit. If so, it is applied only after a preview, which changes nothing. If not, `effect`
   * is refused.
   */
  changesData: boolean
  /**
   * Addresses of Trackunit's REST API where a POST only reads, such as a search: exactly as requested, without the query. Every
   * other POST is refused outside `effect`.
   */
  readingPosts?: readonly string[]
  /** About how long one change takes: shown by a preview until runs on the account give a better estimate. */
  secondsPerChange?: number
  /** Whether two of its runs may work on one account at the same time. False by default. */
  mayOverlap?: boolean
  /**
   * The names of all `step`s in order, in the same words: people see them from the start, and how much of the whole is done. A
   * step that is not needed disappears when a later one begins. For a `defineChange`: the steps of its preview.
   */
  steps?: (about: { mode: 'preview' | 'apply' }) => readonly Message[]
  /**
   * What it reads from Trackunit, such as `Service plans`, `What is due and what is overdue`. The app offers new users the first
   * action of the catalogue that has this, changes nothing and needs no input. An entry with an optional `scope` is left out if
   * the account did not grant it.
   */
  reads?: ReadonlyArray<Described['reads'][number] & { scope?: string }>
  limits?: ActionLimits<z.output<Schema>>
  /**
   * The catalogue of `defineMessages`. The app also looks up `title`, `description`, `plan`, `input.<field>`,
   * `input.<field>.description` and `input.<field>.<choice>` in it, and falls back to the English above.
   */
  messages?: CompiledCatalogue
  run(context: RunContext<z.output<Schema>, z.output<State>>): Promise<void>
  /**
   * Makes the work done so far readable when a run fails for good or is stopped early, from its last saved `state`: rows, and a
   * file whose name and first line say that it is incomplete. Called at most once, just before the run ends, for at most 20
   * seconds and without access to Trackunit; if it throws, the run keeps what it had. It is not called for a waiting run that
   * saved nothing, so save before the first change.
   */
  leavePart?(context: PartContext<z.output<Schema>, z.output<State>>): Promise<void>
}

/**
 * Declares a background action: one file in the folder that `actionsIn` reads. Its type keeps its id and input, for
 * `createStandinClient<typeof actions>()`.
 */
export function defineAction<Schema extends z.ZodObject, const Id extends string, State extends z.ZodObject = NoState>(
  action: Action<Schema, State> & { id: Id },
): Action<Schema, State> & { id: Id } {
  return action
}

/** Any action, whatever its input. */
// biome-ignore lint/suspicious/noExplicitAny: an action takes only its own input; the schema beside it guards every call
export type AnyAction = Action<any, any>
