import { createContext, use, useEffect } from 'react'
import { useFirstSurroundings } from '../surroundings.ts'

export interface Announcer {
  /** Announced politely by screen readers; repeated words are announced again. */
  say(words: string): void
  /** The run that this person has just started: its page takes the focus to its heading. */
  justStarted: { current: string | undefined }
  /** The overview's latest sentence. */
  sentence: { current: string | undefined }
}

export const AnnouncerContext = createContext<Announcer>({
  say() {},
  justStarted: { current: undefined },
  sentence: { current: undefined },
})

export const useAnnouncer = () => use(AnnouncerContext)

/**
 * Sets the page's title, for the frame and for screen readers.
 * @param runId the run that the page is about: if this person has just started it, its heading takes the focus and says it
 */
export function usePageTitle(title: string | undefined, runId?: string): void {
  const { say, justStarted } = useAnnouncer()
  const { app } = useFirstSurroundings()
  useEffect(() => {
    if (!title) return
    document.title = `${title} · ${app.name}`
    if (runId === undefined || justStarted.current !== runId) say(title)
  }, [title, say, app.name, runId, justStarted])
}
