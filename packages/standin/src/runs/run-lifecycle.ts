import type { RunState } from '@standin/contracts'

/** What can happen to a run. */
export type RunTransition =
  /** A worker claims it. */
  | 'claim'
  /** It waits for a rate limit, or for its next attempt. */
  | 'pause'
  /** A caller asked it to stop. */
  | 'cancel'
  /** A caller asked it to stop while it waits: a worker first calls `leavePart`. */
  | 'wind-up'
  /** It stopped as asked. */
  | 'stop'
  | 'succeed'
  | 'fail'
  /** The database was restored: what the run did after the backup is unknown. */
  | 'restore'

/** The life of a run. A transition that is not listed is impossible. */
export const runLifecycle = {
  queued: { claim: 'running', cancel: 'cancelled', restore: 'failed' },
  running: {
    claim: 'running',
    pause: 'waiting',
    cancel: 'cancelling',
    succeed: 'succeeded',
    fail: 'failed',
    restore: 'failed',
  },
  waiting: { claim: 'running', cancel: 'cancelled', 'wind-up': 'cancelling', restore: 'failed' },
  // If its worker died, the next one ends it. A run that finished before it noticed has succeeded.
  cancelling: { claim: 'cancelling', cancel: 'cancelling', stop: 'cancelled', succeed: 'succeeded', restore: 'failed' },
  succeeded: {},
  failed: {},
  cancelled: {},
} as const satisfies Record<RunState, Partial<Record<RunTransition, RunState>>>

/** @returns the state after the transition; undefined if it is impossible */
export function nextRunState(state: RunState, transition: RunTransition): RunState | undefined {
  const next: Partial<Record<RunTransition, RunState>> = runLifecycle[state]
  return next[transition]
}

export type FinalState = { [S in RunState]: keyof (typeof runLifecycle)[S] extends never ? S : never }[RunState]

export const isFinal = (state: RunState): state is FinalState => Object.keys(runLifecycle[state]).length === 0

/** States in which a worker holds a run. */
export const workingStates: RunState[] = ['running', 'cancelling']
/** States in which a run has not ended. */
export const openStates = (Object.keys(runLifecycle) as RunState[]).filter((state) => !isFinal(state))
