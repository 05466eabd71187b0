import type { RunEvent } from '@standin/client'
import { useEffect, useRef } from 'react'
import { useTRPC } from '../connection/api.ts'
import { useStream } from '../connection/use-stream.ts'

const GATHER_MS = 100

/**
 * Follows a run's events while the component is mounted. The first is passed on at once, those that follow closely together: the
 * stream begins with everything that has happened, most of which is already known.
 */
export function useRunEvents(runId: string, onEvents: (runId: string, events: readonly RunEvent[]) => void): void {
  const trpc = useTRPC()
  const gathered = useRef<RunEvent[]>([])
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  const handOn = () => {
    timer.current = undefined
    const events = gathered.current
    if (events.length === 0) return
    gathered.current = []
    onEvents(runId, events)
    timer.current = setTimeout(handOn, GATHER_MS)
  }

  useStream(
    trpc.run.events.subscriptionOptions(
      { runId },
      {
        onData({ data }) {
          gathered.current.push(data)
          if (timer.current === undefined) handOn()
        },
      },
    ),
  )

  useEffect(() => () => clearTimeout(timer.current), [])
}
