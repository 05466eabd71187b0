import type { Destination, Message } from '@standin/contracts'
import type { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { MachineRegister } from '../machines/machine-register.ts'
import type { ArtifactWriter } from '../results/artifacts/artifact-writer.ts'
import type { ResultWriter } from '../results/result-writer.ts'
import type { PreviewOfRun, PreviousRun } from '../runs/run-predecessors.ts'
import type { TrackunitClient } from '../trackunit/trackunit-client.ts'
import type { CompiledCatalogue } from './define-messages.ts'

/** What an action works with. Everything here is bound to the run's account. */
export interface RunContext<Input> {
  readonly accountId: string
  /** What is known of the account's people: how they read times and numbers. */
  readonly account: AccountHabits
  readonly input: Input
  readonly mode: 'preview' | 'apply'
  /** Trackunit's APIs with the account's token. Its limits are waited for. */
  readonly trackunit: TrackunitClient
  /** What time it is. */
  readonly clock: Pick<Clock, 'now'>
  /** Aborted when the run is to stop; pass it on to whatever waits. */
  readonly signal: AbortSignal
  /** What the last checkpoint kept, where an earlier attempt left one. */
  readonly resumedFrom: unknown
  /** The last run of this action on this account, with the same input, that succeeded; undefined where there is none. */
  readonly previous: PreviousRun | undefined
  /** Of an applied run of an action that changes data: its preview, as it ended. */
  readonly preview: PreviewOfRun | undefined
  /** What the run found, in rows; readable from its next checkpoint on. */
  readonly result: ResultWriter
  /** The machines that the account's runs have seen, and their counters. */
  readonly machines: MachineRegister
  /** Where the work is; written at most five times a second. `total` stays null while it is not known. */
  progress(now: { done: number; total: number | null; message: Message }): Promise<void>
  /**
   * Keeps `state` (JSON), every file and the result as they are now, in one transaction: the next attempt goes on from
   * here. The last one of a preview is what the applied run reads.
   * @throws RunStopped when the run was cancelled or another worker has it
   */
  checkpoint(state: unknown): Promise<void>
  /**
   * Does one change in Trackunit, once, whatever crashes: that it is meant is on disk before, how it ended after. The
   * same key again, also in a later attempt or when the run is retried, gives the outcome that it had.
   * @throws Error in a preview; StandinError as `do` did; `EFFECT_UNKNOWN` where nobody can tell whether it happened
   */
  effect<Outcome>(effect: Effect<Outcome>): Promise<Outcome>
  /** A file that the run leaves, written piece by piece; it goes on where the last checkpoint left it. */
  artifact(file: { name: string; mediaType: string }): Promise<ArtifactWriter>
  /** Sends the result there as well when the run has ended; where it was started or scheduled to go, it goes by itself. */
  deliver(destination: Destination): Promise<void>
  /** A line for the people who watch. No secrets. */
  log(message: Message): Promise<void>
  /** The result in one sentence. */
  headline(sentence: Message): Promise<void>
  /** A part of the work with a name and a time, shown in order. */
  step<Result>(name: Message, work: () => Promise<Result>): Promise<Result>
}

/** What is left to work with of a run that ends before its time. */
export interface PartContext<Input> extends OfPart<Input> {
  /**
   * How the changes of the run, and of earlier ones that applied the same preview, stand by their keys: also those that no
   * checkpoint knows of. `unknown`: nobody knows whether Trackunit made it.
   */
  changes(): Promise<ReadonlyMap<string, 'made' | 'not made' | 'unknown'>>
}

type OfPart<Input> = Pick<
  RunContext<Input>,
  | 'accountId'
  | 'account'
  | 'input'
  | 'mode'
  | 'clock'
  | 'resumedFrom'
  | 'preview'
  | 'previous'
  | 'machines'
  | 'result'
  | 'artifact'
  | 'headline'
  | 'log'
>

export interface AccountHabits {
  /** An IANA time zone, such as `Europe/Copenhagen`; null where it is not known. */
  timeZone: string | null
  unitSystem: 'metric' | 'imperial' | null
  /** What whoever installed the app allowed; undefined where it is not known. */
  grantedScopes?: readonly string[] | undefined
}

/** One change in Trackunit. Its outcome is JSON. */
export interface Effect<Outcome> {
  /** What it is about, such as an event's id: unique among the changes of a run. */
  key: string
  /** For the people who read what was done: what changes, without secrets. */
  describe?: string
  /**
   * Looks whether it has happened, after a crash or an answer that never came: its outcome, or undefined when it has not.
   * Without it, a change whose outcome is unknown is never repeated.
   */
  find?: () => Promise<Outcome | undefined>
  do: () => Promise<Outcome>
}

export interface ActionLimits<Input> {
  /** After this long an attempt is ended, and the run goes on from its last checkpoint. By default six hours. */
  maxAttemptMs?: number
  /**
   * How often a run reads each page of the AEMP snapshot, which Trackunit lets be read 50 times in 30 days; a schedule
   * that would need more is refused. By default not at all. `hasGraphql` is true as well where that is not known.
   */
  aempReadsPerRun?: (about: { input: Input; hasGraphql: boolean }) => number
}

export interface Action<Schema extends z.ZodObject = z.ZodObject> {
  /** Lower case words with hyphens; never changed once runs exist. */
  id: string
  title: string
  description: string
  /** Its titles and descriptions become the form. */
  input: Schema
  /** Needed on the account; without one of them a run fails before its first request. */
  scopes: readonly string[]
  /** Used where the account granted them: what needs one is left out without it, and said. */
  optionalScopes?: readonly string[]
  /**
   * For an action that cannot do without GraphQL: what the account's Trackunit plan must have, in words that complete
   * "Needs …, which is not in your Trackunit plan". It is not started where Trackunit refused GraphQL within a day.
   */
  plan?: string
  /** Whether it changes anything in Trackunit. It is then applied only after a preview, which changes nothing. */
  changesData: boolean
  /** How long one change takes, about: what a preview says until a run on the account has shown it. */
  secondsPerChange?: number
  /** Whether two runs of it on one account may work at once. By default they do not. */
  mayOverlap?: boolean
  limits?: ActionLimits<z.output<Schema>>
  /**
   * The catalogue of `defineMessages`, in every language that it has. The app looks up `title`, `description`, `plan`,
   * `input.<field>`, `input.<field>.description` and `input.<field>.<choice>` in it as well, and shows the English above
   * where one is missing.
   */
  messages?: CompiledCatalogue
  run(context: RunContext<z.output<Schema>>): Promise<void>
  /**
   * Makes something to read of a run that fails for good or is stopped half-way, from its last checkpoint
   * (`resumedFrom`): rows, a file that says in its name and first line that it is a part. Called at most once, just
   * before such a run ends, for 20 seconds at most and without Trackunit; where it throws, no more than was there is left.
   * A run that waits and has no checkpoint yet is stopped without: keep one before the first change.
   */
  leavePart?(context: PartContext<z.output<Schema>>): Promise<void>
}

/** Declares a background action. One file in the server's `actions/`, one line in its `index.ts`. */
export function defineAction<Schema extends z.ZodObject>(action: Action<Schema>): Action<Schema> {
  return action
}

/** Any action, whatever its input. */
// biome-ignore lint/suspicious/noExplicitAny: an action takes its own input alone; the schema beside it guards every call
export type AnyAction = Action<any>
