import type { RunEvent } from '@standin/client'
import { useSubscription } from '@trpc/tanstack-react-query'
import { useEffect, useRef } from 'react'
import { useTRPC } from '../connection/api.ts'
import { useMendedStream } from '../connection/use-mended-stream.ts'

const GATHER_MS = 100

/**
 * Follows a run's events for as long as the component stands. Events that come close together are handed on together:
 * the stream begins with all that has happened, and nobody should see a bar run through it.
 */
export function useRunEvents(runId: string, onEvents: (runId: string, events: readonly RunEvent[]) => void): void {
  const trpc = useTRPC()
  const gathered = useRef<RunEvent[]>([])
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  const stream = useSubscription(
    trpc.run.events.subscriptionOptions(
      { runId },
      {
        onData({ data }) {
          gathered.current.push(data)
          timer.current ??= setTimeout(() => {
            const events = gathered.current
            gathered.current = []
            timer.current = undefined
            onEvents(runId, events)
          }, GATHER_MS)
        },
      },
    ),
  )

  useEffect(() => () => clearTimeout(timer.current), [])
  useMendedStream(stream)
}
