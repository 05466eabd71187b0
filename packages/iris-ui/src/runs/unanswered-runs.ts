import type { Run } from '@standin/client'

/**
 * Runs that Trackunit does not answer, by their progress. A retry runs for a moment: until it makes progress or waits for something
 * else, nothing has changed.
 */
export function unansweredRuns(
  before: ReadonlyMap<string, number>,
  going: readonly Run[],
): ReadonlyMap<string, number> {
  const unanswered = going.filter(({ id, state, reason, progress: { done } }) =>
    state === 'waiting' ? reason === 'TRACKUNIT_UNAVAILABLE' : state === 'running' && before.get(id) === done,
  )
  return new Map(unanswered.map(({ id, progress: { done } }) => [id, done]))
}
