import type { Action } from '@standin/client'
import type { RefObject } from 'react'
import { Link } from 'wouter'
import { useNow } from '../formats/use-now.ts'
import { SkeletonRows } from '../parts/skeleton.tsx'
import type { EndedRun } from '../runs/follow-run.ts'
import { titleOf } from '../runs/title-of.ts'
import { addresses } from '../shell/addresses.ts'
import { useSurroundings } from '../surroundings.ts'
import { ResultRow } from './result-row.tsx'

interface ResultListProps {
  results: readonly EndedRun[]
  /** Whether the list is loaded; before that, an empty array means nothing. */
  known: boolean
  failed: boolean
  actions: readonly Action[]
  /** Whether something is running without a result yet. */
  going: boolean
  heading: RefObject<HTMLHeadingElement | null>
}

export function ResultList({ results, known, failed, actions, going, heading }: ResultListProps) {
  const { texts } = useSurroundings()
  const nowMs = useNow(60_000)
  const words = texts.results

  return (
    <section className="sec" aria-labelledby="h-res">
      <div className="h2">
        <h2 id="h-res" ref={heading} tabIndex={-1}>
          {words.heading}
        </h2>
        {results.length > 0 && <Link href={addresses.runs}>{words.all}</Link>}
      </div>
      {!known && !failed && <SkeletonRows />}
      {!known && failed && <p className="sub">{texts.connection.partMissing}</p>}
      {known && results.length === 0 && <p className="sub">{going ? words.noneYet : words.none}</p>}
      {results.length > 0 && (
        <ul className="rows link results">
          {results.map((run) => (
            <ResultRow key={run.id} run={run} title={titleOf(run.actionId, actions)} nowMs={nowMs} />
          ))}
        </ul>
      )}
    </section>
  )
}
