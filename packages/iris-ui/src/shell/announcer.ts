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

/** Sets the page's title, for the frame and for screen readers. */
export function usePageTitle(title: string | undefined): void {
  const { say } = useAnnouncer()
  const { app } = useFirstSurroundings()
  useEffect(() => {
    if (!title) return
    document.title = `${title} · ${app.name}`
    say(title)
  }, [title, say, app.name])
}
