import type { Run } from '@standin/client'
import { useEffect, useState } from 'react'
import { unansweredRuns } from './unanswered-runs.ts'

/** A retry that has not waited again for this long was answered, even if no progress has arrived. */
const ANSWERED_AFTER_MS = 5_000

/** Whether runs show that Trackunit does not answer, though our access is good. */
export function useUnanswered(going: readonly Run[]): boolean {
  const [unanswered, setUnanswered] = useState<ReadonlyMap<string, number>>(new Map())
  useEffect(() => setUnanswered((before) => unansweredRuns(before, going)), [going])
  const isTrying = unanswered.size > 0 && !going.some(({ id, state }) => state === 'waiting' && unanswered.has(id))
  useEffect(() => {
    if (!isTrying) return
    const timer = setTimeout(() => setUnanswered(new Map()), ANSWERED_AFTER_MS)
    return () => clearTimeout(timer)
  }, [isTrying])
  return unanswered.size > 0
}
