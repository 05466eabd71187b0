import { useEffect } from 'react'
import { useAnnouncer } from '../shell/announcer.ts'

/** Announces the page's sentence to screen readers when it has changed, whichever part of the page says it. */
export function useAnnouncedChange(headline: string): void {
  const { say, sentence } = useAnnouncer()
  useEffect(() => {
    if (sentence.current !== undefined && sentence.current !== headline) say(headline)
    sentence.current = headline
  }, [headline, say, sentence])
}
