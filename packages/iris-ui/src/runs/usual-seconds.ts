import type { Action, Run } from '@standin/client'

/** The expected seconds, from earlier runs; null if there are none. */
export function usualSecondsOf(run: Pick<Run, 'mode' | 'progress'>, action: Action | undefined): number | null {
  if (!action) return null
  if (!action.changesData || run.mode === 'preview') return action.usualSeconds
  return secondsOfChanges(run.progress.total, action)
}

export function secondsOfChanges(changes: number | null, action: Action | undefined): number | null {
  const each = action?.secondsPerChange
  return each && changes ? each * changes : null
}
