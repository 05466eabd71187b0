import { useEffect, useState } from 'react'

/** The present time, updated every `everyMs`, so that "4 minutes ago" and countdowns stay correct. */
export function useNow(everyMs: number): number {
  const [nowMs, setNowMs] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return nowMs
}
