import type { RunState } from '@standin/contracts'

/** What can happen to a run. */
export type RunTransition =
  /** A worker takes it. */
  | 'take'
  /** It waits for a budget, or to be tried again. */
  | 'pause'
  /** Somebody asked it to stop. */
  | 'cancel'
  /** Somebody asked it to stop while it waits: a worker first makes of it what can be read. */
  | 'wind-up'
  /** It stopped because of that. */
  | 'stop'
  | 'succeed'
  | 'fail'

/** The life of a run. What does not stand here cannot happen. */
export const runLifecycle = {
  queued: { take: 'running', cancel: 'cancelled' },
  running: { take: 'running', pause: 'waiting', cancel: 'cancelling', succeed: 'succeeded', fail: 'failed' },
  waiting: { take: 'running', cancel: 'cancelled', 'wind-up': 'cancelling' },
  // Where its worker died, whoever takes it next ends it. What finished before it noticed has succeeded.
  cancelling: { take: 'cancelling', cancel: 'cancelling', stop: 'cancelled', succeed: 'succeeded' },
  succeeded: {},
  failed: {},
  cancelled: {},
} as const satisfies Record<RunState, Partial<Record<RunTransition, RunState>>>

/** @returns the state after it, or undefined where it cannot happen */
export function nextRunState(state: RunState, transition: RunTransition): RunState | undefined {
  const next: Partial<Record<RunTransition, RunState>> = runLifecycle[state]
  return next[transition]
}

export type FinalState = { [S in RunState]: keyof (typeof runLifecycle)[S] extends never ? S : never }[RunState]

export const isFinal = (state: RunState): state is FinalState => Object.keys(runLifecycle[state]).length === 0

/** In which a worker has a run. */
export const workingStates: RunState[] = ['running', 'cancelling']
/** In which it is not ended. */
export const openStates = (Object.keys(runLifecycle) as RunState[]).filter((state) => !isFinal(state))
