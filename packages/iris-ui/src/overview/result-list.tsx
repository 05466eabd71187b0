import type { Action } from '@standin/client'
import type { RefObject } from 'react'
import { useNow } from '../formats/use-now.ts'
import { Icon } from '../parts/icon.tsx'
import { SkeletonRows } from '../parts/skeleton.tsx'
import type { EndedRun } from '../runs/follow-run.ts'
import { titleOf } from '../runs/run-words.ts'
import { useSurroundings } from '../surroundings.ts'
import { ResultRow } from './result-row.tsx'

interface ResultListProps {
  results: readonly EndedRun[]
  /** Whether the list has come; an empty list that has not come is no empty list. */
  known: boolean
  failed: boolean
  actions: readonly Action[]
  heading: RefObject<HTMLHeadingElement | null>
}

export function ResultList({ results, known, failed, actions, heading }: ResultListProps) {
  const { texts } = useSurroundings()
  const nowMs = useNow(60_000)
  const words = texts.results

  return (
    <section className="sec" aria-labelledby="h-res">
      <h2 id="h-res" ref={heading} tabIndex={-1}>
        {words.heading}
      </h2>
      {!known && !failed && <SkeletonRows />}
      {!known && failed && <p className="sub">{texts.connection.partMissing}</p>}
      {known && results.length === 0 && (
        <ul className="rows">
          <li>
            <Icon name="minus" tone="wait" />
            <div>
              <p className="t">{words.none}</p>
              <p className="d">{words.noneMeans}</p>
            </div>
          </li>
        </ul>
      )}
      {results.length > 0 && (
        <ul className="rows results">
          {results.map((run) => (
            <ResultRow key={run.id} run={run} title={titleOf(run.actionId, actions)} nowMs={nowMs} />
          ))}
        </ul>
      )}
    </section>
  )
}
