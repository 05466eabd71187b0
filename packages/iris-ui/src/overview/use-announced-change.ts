import { useEffect, useRef } from 'react'
import { useAnnouncer } from '../shell/announcer.ts'

/** Announces the page's sentence to screen readers when it has changed. */
export function useAnnouncedChange(headline: string | undefined): void {
  const { say } = useAnnouncer()
  const before = useRef(headline)
  useEffect(() => {
    if (headline === undefined) return
    if (before.current !== undefined && before.current !== headline) say(headline)
    before.current = headline
  }, [headline, say])
}
