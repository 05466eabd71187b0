import type { Action } from '@standin/client'
import type { RefObject } from 'react'
import { Link } from 'wouter'
import { timeLeft } from '../formats/time-left.ts'
import { useNow } from '../formats/use-now.ts'
import { SkeletonRows } from '../parts/skeleton.tsx'
import type { EndedRun } from '../runs/follow-run.ts'
import { titleOf } from '../runs/run-words.ts'
import { addresses } from '../shell/addresses.ts'
import { useSurroundings } from '../surroundings.ts'
import { ResultRow } from './result-row.tsx'

interface ResultListProps {
  results: readonly EndedRun[]
  /** Whether the list is loaded; before that, an empty array means nothing. */
  known: boolean
  failed: boolean
  actions: readonly Action[]
  /** Whether a run could start now or soon. */
  mayStart: boolean
  /** Whether something is running without a result yet. */
  going: boolean
  heading: RefObject<HTMLHeadingElement | null>
}

export function ResultList({ results, known, failed, actions, mayStart, going, heading }: ResultListProps) {
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
      {known &&
        results.length === 0 &&
        (going ? <p className="sub">{words.noneYet}</p> : <FirstVisit actions={mayStart ? actions : []} />)}
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

/** Nothing has run yet: the best next step, which only reads. */
function FirstVisit({ actions }: { actions: readonly Action[] }) {
  const { texts } = useSurroundings()
  const words = texts.results
  const readers = actions.filter(({ changesData, missingScopes }) => !changesData && missingScopes.length === 0)
  const good = readers.find(({ id }) => id === 'attention-list') ?? readers[0]
  if (!good) return <p className="sub">{words.none}</p>
  const time = good.usualSeconds === null ? undefined : texts.time.about(timeLeft(good.usualSeconds))
  return (
    <div className="first-visit">
      <p className="sub">{words.firstVisit(good.title, time)}</p>
      <Link href={addresses.action(good.id)} className="btn go">
        {words.startHere(good.title)}
      </Link>
    </div>
  )
}
