import type { Run } from '@standin/client'
import { type RefObject, useEffect, useRef } from 'react'
import { type Announced, progressToAnnounce } from '../runs/progress-to-announce.ts'
import { progressWords } from '../runs/run-words.ts'
import { useAnnouncer } from '../shell/announcer.ts'
import { useSurroundings } from '../surroundings.ts'

/** While Trackunit is not answering, each retry runs for a moment: do not announce it. */
const SETTLED_MS = 700

/** Announces a state once it lasts, and progress now and then. Focuses the heading of a run that was just started. */
export function useRunAnnouncements(run: Run, heading: string, place: RefObject<HTMLHeadingElement | null>): void {
  const { texts, formats } = useSurroundings()
  const { say, justStarted } = useAnnouncer()
  const announced = useRef<Announced>(undefined)
  const state = useRef(run.state)

  useEffect(() => {
    if (justStarted.current !== run.id) return
    justStarted.current = undefined
    // After the shell has put the focus on the page as a whole.
    requestAnimationFrame(() => place.current?.focus())
  }, [run.id, justStarted, place])

  // What had the focus may have gone with the view of the state before.
  useEffect(() => {
    if (state.current !== run.state && document.activeElement === document.body)
      place.current?.focus({ preventScroll: true })
  }, [run.state, place])

  useEffect(() => {
    if (state.current === run.state) return
    const timer = setTimeout(() => {
      state.current = run.state
      say(heading)
    }, SETTLED_MS)
    return () => clearTimeout(timer)
  }, [run.state, heading, say])

  useEffect(() => {
    if (run.state !== 'running' || state.current !== 'running') return
    const { done, total } = run.progress
    const { kept, speak } = progressToAnnounce(announced.current, { done, total, nowMs: Date.now() })
    announced.current = kept
    if (speak) say([progressWords(run, { texts, formats }), heading].filter(Boolean).join('. '))
  }, [run, heading, say, texts, formats])
}
