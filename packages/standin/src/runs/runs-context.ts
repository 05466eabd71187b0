import type { ErrorReason } from '@standin/contracts'
import type { Context, InTransaction, ReplicaContext } from '../context.ts'
import { within } from '../within.ts'
import { lastSeqOf, listEvents } from './run-event-store.ts'
import { createRunFeeds, type RunFeeds } from './run-feeds.ts'
import { isOpenRun } from './run-list-store.ts'
import type { RunRow } from './run-store.ts'
import type { RunKey } from './run-table.ts'
import { createSmallHeap } from './small-heap.ts'

/** The context of the engine. It only knows runs, and reaches their actions and results through hooks. */
export type RunsContext = ReplicaContext & { runs: RunsMemory }

/** What the layers above do for the engine; wired in `wiring/assemble.ts`. */
export interface RunsHooks {
  /**
   * Opens the work of a claimed run: finds its action, parses its input, builds its context. Does not start it.
   * @throws when the database fails; the run is then reaped and claimed again
   */
  openWork(run: RunRow, signals: WorkSignals): Promise<RunWork | UnworkableRun>
  /** Called in the transaction that ends a run, before its end is announced: offers its files. */
  whenEnding: readonly WhenRunEnds[]
  /** Called in the transaction that ends a run, after its end is announced. */
  whenEnded: readonly WhenRunEnds[]
  /** Whether the result of an ended run is still on its way to a destination: then its event stream stays open. */
  hasOpenDeliveries(run: RunKey): Promise<boolean>
}

export type WhenRunEnds = (tx: InTransaction<RunsContext>, run: RunRow) => Promise<void>

export interface WorkSignals {
  /** Aborted when the run must stop: no request begins after that. */
  signal: AbortSignal
  /** Ends the requests under way: at once with `signal`, but some seconds later if the run is only handed over. */
  cut: AbortSignal
}

/** A run that cannot be worked on: its action is gone, or its input has changed. */
export interface UnworkableRun {
  reason: ErrorReason
}

/** An action's work on one run, opened but not started. The engine limits its time and decides what happens to the run. */
export interface RunWork {
  /** After this long the attempt ends and the run continues from its last checkpoint; the engine has a default. */
  maxAttemptMs?: number | undefined
  /** Runs the action from its last checkpoint, without a time limit. Called at most once. */
  run(): Promise<void>
  /** The action's `leavePart`, if it has one: called before the run fails for good or is stopped. */
  leavePart?: (() => Promise<void>) | undefined
  /** Its progress, including what is not written yet. */
  progress(): Pick<RunRow, 'progress' | 'steps'>
  /** Writes what is still in memory (rows, pieces of files), so that `keepAll` is short. */
  flush(): Promise<void>
  /** In the transaction that ends the run, before its end is announced: keeps rows and files as they are. */
  keepAll(tx: InTransaction<RunsContext>): Promise<Pick<RunRow, 'progress' | 'steps'>>
}

/** A run that this process works on. */
export interface WorkingRun {
  runId: string
  accountId: string
  epoch: number
  abort: AbortController
  /** Resolves when the work has ended in any way. */
  ended: Promise<void>
}

/** What the engine keeps between calls. */
export interface RunsMemory extends RunsHooks {
  working: Set<WorkingRun>
  /** Runs work one at a time, in order: a claim and a comparison of what this process holds never overlap. */
  oneAtATime<Result>(work: () => Promise<Result>): Promise<Result>
  /** When due runs were last claimed, or found to be none; monotonic. */
  claimedAtMs: number
  /** Whether the last claim may have left due runs, for lack of room. */
  mayBeMoreDue: boolean
  isHandingOver: boolean
  /** Whether a replica may hold a run. While none does, there is nothing to reap. */
  areHeld: boolean
  feeds: RunFeeds
  withSmallHeap: <Result>(work: () => Promise<Result>) => Promise<Result>
}

export function createRunsMemory(ctx: Context, hooks: RunsHooks): RunsMemory {
  return {
    ...hooks,
    working: new Set(),
    oneAtATime: createLine(),
    claimedAtMs: ctx.clock.monotonicMs(),
    mayBeMoreDue: false,
    isHandingOver: false,
    areHeld: true,
    feeds: createRunFeeds({
      read: (run, range) => listEvents(ctx.db, run, range),
      lastSeq: (run) => lastSeqOf(ctx.db, run),
      isOver: async (run) => !(await isOpenRun(ctx.db, run)) && !(await hooks.hasOpenDeliveries(run)),
    }),
    withSmallHeap: createSmallHeap(),
  }
}

/** A statement whose connection is gone may never settle: after this time the next in line has its turn. */
const longestTurnMs = 5_000

function createLine(): RunsMemory['oneAtATime'] {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const result = last.then(() => within(longestTurnMs, work(), `no answer from the database for ${longestTurnMs} ms`))
    last = result.catch(() => {})
    return result
  }
}
