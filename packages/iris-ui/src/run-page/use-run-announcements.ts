import type { Run } from '@standin/client'
import { type RefCallback, useCallback, useEffect, useRef } from 'react'
import { type Announced, progressToAnnounce } from '../runs/progress-to-announce.ts'
import { progressWords } from '../runs/run-words.ts'
import { useAnnouncer } from '../shell/announcer.ts'
import { useSurroundings } from '../surroundings.ts'

/** While Trackunit is not answering, each retry runs for a moment: do not announce it. */
const SETTLED_MS = 700

/**
 * Announces a state once it lasts, and progress now and then. The heading takes the focus when the run was just started, and
 * when what had the focus went with the view of the state before: a screen reader then reads it, so it is not announced too.
 * @returns the ref of the page's heading
 */
export function useRunAnnouncements(run: Run, heading: string): RefCallback<HTMLHeadingElement> {
  const { texts, formats } = useSurroundings()
  const { say, justStarted } = useAnnouncer()
  const announced = useRef<Announced>(undefined)
  const state = useRef(run.state)
  const place = useRef<HTMLHeadingElement>(null)
  const wasThere = useRef(false)
  const isRead = useRef(false)

  const keepFocus = useCallback(() => {
    if (!place.current || document.activeElement !== document.body) return
    place.current.focus({ preventScroll: true })
    isRead.current = true
  }, [])
  const ref = useCallback(
    (element: HTMLHeadingElement | null) => {
      place.current = element
      if (!element) return
      // That of the next view, which may come after a skeleton.
      if (wasThere.current) keepFocus()
      wasThere.current = true
    },
    [keepFocus],
  )

  useEffect(() => {
    if (justStarted.current !== run.id) return
    justStarted.current = undefined
    // After the shell has put the focus on the page as a whole.
    requestAnimationFrame(() => place.current?.focus())
  }, [run.id, justStarted])

  useEffect(() => {
    if (state.current !== run.state) keepFocus()
  }, [run.state, keepFocus])

  useEffect(() => {
    if (state.current === run.state) return
    const timer = setTimeout(() => {
      state.current = run.state
      if (!isRead.current) say(heading)
      isRead.current = false
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

  return ref
}
