import type { Run } from '@standin/client'
import { type EndedRun, hasEnded } from './follow-run.ts'

/**
 * Which runs continue and which are results. A run whose stream has just reported its end is in both lists until they are
 * fetched again; it is shown once, in its latest state.
 */
export function sortRuns(going: readonly Run[], ended: readonly Run[]): { going: Run[]; results: EndedRun[] } {
  const results = new Map<string, EndedRun>()
  for (const run of [...going, ...ended].filter(hasEnded)) results.set(run.id, run)

  return {
    going: going.filter((run) => !hasEnded(run) && !results.has(run.id)),
    results: [...results.values()].sort((a, b) => endOf(b) - endOf(a)),
  }
}

const endOf = (run: Run) => Date.parse(run.endedAt ?? run.createdAt)
