import { hashKey } from '@tanstack/react-query'
import type { useSubscription } from '@trpc/tanstack-react-query'
import { useEffect, useRef, useState } from 'react'
import { RETRY_MS } from './refresh-times.ts'

type Stream<Output, Failure> = Parameters<typeof useSubscription<Output, Failure>>[0]

/**
 * Follows a stream while the component is mounted and it is enabled. The stream itself reconnects; if the server refused it, it
 * is requested again later.
 */
export function useStream<Output, Failure>(stream: Stream<Output, Failure>): void {
  const latest = useRef(stream)
  const [times, setTimes] = useState(0)
  const { enabled } = stream
  const key = hashKey(stream.queryKey)

  useEffect(() => {
    latest.current = stream
  })
  useEffect(() => {
    if (!enabled) return undefined
    let again: ReturnType<typeof setTimeout>
    const followed = latest.current.subscribe({
      onStarted: () => latest.current.onStarted?.(),
      onData: (data) => latest.current.onData?.(data),
      onConnectionStateChange: (state) => latest.current.onConnectionStateChange?.(state),
      onError: () => {
        again = setTimeout(() => setTimes((before) => before + 1), RETRY_MS)
      },
    })
    return () => {
      clearTimeout(again)
      followed.unsubscribe()
    }
  }, [enabled, key, times])
}
