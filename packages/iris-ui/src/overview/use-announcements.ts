import type { Action, Run } from '@standin/client'
import { useEffect, useRef } from 'react'
import { timeLeft } from '../formats/time-left.ts'
import { type Announced, progressToAnnounce } from '../runs/progress-to-announce.ts'
import { resultWords, runningWords } from '../runs/run-words.ts'
import { titleOf } from '../runs/title-of.ts'
import { useAnnouncer } from '../shell/announcer.ts'
import { useSurroundings } from '../surroundings.ts'

interface Watched {
  runs: { going: readonly Run[]; results: readonly Run[] }
  actions: readonly Action[]
}

/** Announces progress now and then, and the end of a run, to screen readers. */
export function useAnnouncements({ runs, actions }: Watched): void {
  const { host, texts, formats } = useSurroundings()
  const { say } = useAnnouncer()
  const watched = useRef(new Map<string, Announced>())

  useEffect(() => {
    const words = (run: Run) => ({ title: titleOf(run.actionId, actions), userId: host.user.id, texts, formats })

    for (const run of runs.results) {
      if (watched.current.delete(run.id)) say(resultWords(run, words(run)))
    }
    for (const run of runs.going) {
      const { done, total, secondsLeft } = run.progress
      const { kept, speak } = progressToAnnounce(watched.current.get(run.id), { done, total, nowMs: Date.now() })
      watched.current.set(run.id, kept)
      if (!speak) continue
      const left = secondsLeft === null ? '' : `, ${texts.running.leftSpoken(timeLeft(secondsLeft))}`
      say(`${runningWords(run, words(run))}${left}`)
    }
  }, [runs.going, runs.results, actions, host.user.id, texts, formats, say])
}
