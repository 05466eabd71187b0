import type { Action, Run, Schedule } from '@standin/client'
import { hindranceOf } from '../actions/may-start.ts'

interface Known {
  actions: readonly Action[]
  /** The last result of each action. */
  results: readonly Pick<Run, 'actionId' | 'state'>[]
  /** Whether anything runs. */
  isGoing: boolean
  schedules: readonly Pick<Schedule, 'actionId'>[]
  /** The actions whose offered schedule the user has declined. */
  declined: readonly string[]
}

/** The action that people start with: the first that says what it reads, changes nothing and can be started. */
export const firstCheckOf = (actions: readonly Action[]): Action | undefined =>
  actions.find(({ reads, changesData }) => reads.length > 0 && !changesData)

/**
 * What the overview starts with: `start` before anything ran, `after` while only the first check has run and its schedule is still
 * offered, and `normal` otherwise.
 */
export function beginning({ actions, results, isGoing, schedules, declined }: Known): 'start' | 'after' | 'normal' {
  const first = firstCheckOf(actions)
  if (!first || hindranceOf(first, 'active') || isGoing || schedules.length > 0) return 'normal'
  if (results.length === 0) return 'start'
  const [only] = results
  if (results.length > 1 || only?.actionId !== first.id || only.state !== 'succeeded') return 'normal'
  return declined.includes(first.id) ? 'normal' : 'after'
}
