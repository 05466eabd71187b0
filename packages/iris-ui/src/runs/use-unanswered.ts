import type { Run } from '@standin/client'
import { useEffect, useState } from 'react'
import { unansweredRuns } from './unanswered-runs.ts'

/** What has been tried again for so long without waiting anew has been answered, though its progress is not heard of here. */
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
