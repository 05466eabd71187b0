import type { Action, Run } from '@standin/client'

/** How long this run may take, by what others took before it; null where none tells. */
export function usualSecondsOf(run: Pick<Run, 'mode' | 'progress'>, action: Action | undefined): number | null {
  if (!action) return null
  if (!action.changesData || run.mode === 'preview') return action.usualSeconds
  return secondsOfChanges(run.progress.total, action)
}

export function secondsOfChanges(changes: number | null, action: Action | undefined): number | null {
  const each = action?.secondsPerChange
  return each && changes ? each * changes : null
}
