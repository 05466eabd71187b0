import { useEffect } from 'react'
import { RETRY_MS } from './refresh-times.ts'

/** A cut connection is mended by the stream itself; this is for a server that refused it. */
export function useMendedStream({ status, reset }: { status: string; reset: () => void }): void {
  useEffect(() => {
    if (status !== 'error') return undefined
    const again = setTimeout(reset, RETRY_MS)
    return () => clearTimeout(again)
  }, [status, reset])
}
