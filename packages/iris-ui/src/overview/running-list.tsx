import type { Action, Run, RunEvent } from '@standin/client'
import type { RefObject } from 'react'
import { titleOf } from '../runs/run-words.ts'
import { useSurroundings } from '../surroundings.ts'
import { RunningRow } from './running-row.tsx'

interface RunningListProps {
  runs: readonly Run[]
  actions: readonly Action[]
  heading: RefObject<HTMLHeadingElement | null>
  onEvents(runId: string, events: readonly RunEvent[]): void
  onChanged(run: Run): void
}

/** What goes on now; gone when nothing does. */
export function RunningList({ runs, actions, heading, onEvents, onChanged }: RunningListProps) {
  const { texts } = useSurroundings()
  if (runs.length === 0) return null

  return (
    <section className="sec" aria-labelledby="h-now">
      <h2 id="h-now" ref={heading} tabIndex={-1}>
        {texts.running.heading}
      </h2>
      <ul className="rows going">
        {runs.map((run) => (
          <RunningRow
            key={run.id}
            run={run}
            title={titleOf(run.actionId, actions)}
            onEvents={onEvents}
            onChanged={onChanged}
          />
        ))}
      </ul>
    </section>
  )
}
