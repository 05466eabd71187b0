import type { z } from 'zod'
import type { TrackunitClient } from '../trackunit/trackunit-client.ts'
import type { ArtifactWriter } from './artifacts/artifact-writer.ts'
import type { MachineRegister } from './machines/machine-register.ts'

/** What an action works with. Everything here is bound to the run's account. */
export interface RunContext<Input> {
  readonly accountId: string
  readonly input: Input
  readonly mode: 'preview' | 'apply'
  /** Trackunit's APIs with the account's token. */
  readonly trackunit: TrackunitClient
  /** The account's machines as its runs have seen them, and how their counters went. */
  readonly machines: MachineRegister
  /** Aborted when the run is to stop; pass it on to whatever waits. */
  readonly signal: AbortSignal
  /** What the last checkpoint kept, where an earlier attempt left one. */
  readonly resumedFrom: unknown
  /** Where the work is; written at most five times a second. `total` stays null while it is not known. */
  progress(now: { done: number; total: number | null; message: string }): Promise<void>
  /**
   * Keeps `state` (JSON) and every file as it is now, in one transaction: the next attempt goes on from here.
   * @throws RunStopped when the run was cancelled or another worker has it
   */
  checkpoint(state: unknown): Promise<void>
  /** A file that the run leaves, written piece by piece; it goes on where the last checkpoint left it. */
  artifact(file: { name: string; mediaType: string }): Promise<ArtifactWriter>
  /** A line for the people who watch. No secrets. */
  log(message: string): Promise<void>
  /** The result in one sentence. */
  headline(sentence: string): Promise<void>
  /** A part of the work with a name and a time, shown in order. */
  step<Result>(name: string, work: () => Promise<Result>): Promise<Result>
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
  /** Whether it changes anything in Trackunit. */
  changesData: boolean
  /** Whether two runs of it on one account may work at once. By default they do not. */
  mayOverlap?: boolean
  run(context: RunContext<z.output<Schema>>): Promise<void>
}

/** Declares a background action. One file in the server's `actions/`, one line in its `index.ts`. */
export function defineAction<Schema extends z.ZodObject>(action: Action<Schema>): Action<Schema> {
  return action
}

/** Any action, whatever its input. */
// biome-ignore lint/suspicious/noExplicitAny: an action takes its own input alone; the schema beside it guards every call
export type AnyAction = Action<any>
