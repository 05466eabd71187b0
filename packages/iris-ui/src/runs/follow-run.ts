import type { Run, RunEvent } from '@standin/client'

export type EndedRun = Run & { state: 'succeeded' | 'failed' | 'cancelled' }

const finalStates: readonly Run['state'][] = ['succeeded', 'failed', 'cancelled']

export function hasEnded(run: Run): run is EndedRun {
  return finalStates.includes(run.state)
}

/**
 * A run after one more event of its stream. Events that are already known change nothing: a stream begins with the first event,
 * and continues after a lost connection with what was missed.
 */
export function followRun(run: Run, event: RunEvent): Run {
  return event.seq <= run.lastSeq || hasEnded(run) ? run : { ...afterEvent(run, event), lastSeq: event.seq }
}

/** The newer of two answers: one may have been on its way while the stream continued. */
export function newerRun(before: Run | undefined, after: Run): Run {
  return before && before.id === after.id && before.lastSeq > after.lastSeq ? before : after
}

function afterEvent(run: Run, event: RunEvent): Run {
  switch (event.type) {
    case 'state': {
      const ended = finalStates.includes(event.state)
      return {
        ...run,
        state: event.state,
        reason: event.reason,
        failure: event.failure ?? null,
        headline: event.headline ?? run.headline,
        waitingUntil: event.waitingUntil,
        waitingFor: event.waitingFor,
        startedAt: run.startedAt ?? (event.state === 'running' ? event.at : null),
        endedAt: ended ? event.at : null,
      }
    }
    case 'progress':
      return { ...run, progress: event.progress, steps: event.steps }
    case 'artifact':
      if (run.artifacts.some((artifact) => artifact.id === event.artifact.id)) return run
      return { ...run, artifacts: [...run.artifacts, event.artifact] }
    case 'log':
      return run
    default:
      // A newer server may send other events. What this page does not know does not change what it shows.
      return run
  }
}
