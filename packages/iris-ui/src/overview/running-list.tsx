import type { Action, Run, RunEvent } from '@standin/client'
import { useEffect, useRef } from 'react'
import { titleOf } from '../runs/title-of.ts'
import { useSurroundings } from '../surroundings.ts'
import { RunningRow } from './running-row.tsx'

interface RunningListProps {
  runs: readonly Run[]
  actions: readonly Action[]
  onEvents(runId: string, events: readonly RunEvent[]): void
  /** The section has gone and took the focus with it. */
  onFocusLost(): void
}

/** The running runs. Hidden when there are none. */
export function RunningList({ runs, actions, onEvents, onFocusLost }: RunningListProps) {
  const { texts } = useSurroundings()
  const focusWithin = useRef(false)
  const gone = runs.length === 0

  useEffect(() => {
    if (!gone || !focusWithin.current) return
    focusWithin.current = false
    onFocusLost()
  }, [gone, onFocusLost])

  if (gone) return null

  return (
    <section
      className="sec"
      aria-labelledby="h-now"
      onFocus={() => {
        focusWithin.current = true
      }}
      onBlur={({ currentTarget, relatedTarget }) => {
        focusWithin.current = currentTarget.contains(relatedTarget)
      }}
    >
      <h2 id="h-now">{texts.running.heading}</h2>
      <ul className="rows link going">
        {runs.map((run) => (
          <RunningRow key={run.id} run={run} title={titleOf(run.actionId, actions)} onEvents={onEvents} />
        ))}
      </ul>
    </section>
  )
}
