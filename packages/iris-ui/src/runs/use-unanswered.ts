import type { Run } from '@standin/client'
import { useEffect, useState } from 'react'
import { unansweredRuns } from './unanswered-runs.ts'

/** Whether runs show that Trackunit does not answer, though our access is good. */
export function useUnanswered(going: readonly Run[]): boolean {
  const [unanswered, setUnanswered] = useState<ReadonlyMap<string, number>>(new Map())
  useEffect(() => setUnanswered((before) => unansweredRuns(before, going)), [going])
  return unanswered.size > 0
}
