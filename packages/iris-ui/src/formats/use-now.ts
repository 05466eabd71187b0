import { useEffect, useState } from 'react'

/** The time of day, renewed every `everyMs`: what says "4 minutes ago" or counts down stays true. */
export function useNow(everyMs: number): number {
  const [nowMs, setNowMs] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return nowMs
}
