import type { Run } from '@standin/client'
import { SkeletonRows } from '../parts/skeleton.tsx'
import { useSkeleton } from '../parts/use-skeleton.ts'
import { hasEnded } from '../runs/follow-run.ts'
import { useSurroundings } from '../surroundings.ts'
import { ChartSection } from './chart-section.tsx'
import { chartToDraw } from './chart-to-draw.ts'
import { ResultTable } from './result-table.tsx'
import { useResult } from './use-result.ts'

/** More than the sentence: what is left out, and why. */
export function ResultDetail({ run }: { run: Run }) {
  const detail = useResult(run).first?.detail
  return detail ? <p className="lead">{detail}</p> : null
}

/** The chart, if one belongs there, and the table. A result without rows is its sentence alone. */
export function ResultSection({ run }: { run: Run }) {
  const { texts } = useSurroundings()
  const { first, isPending, isError } = useResult(run)
  const shape = useSkeleton(isPending)

  if (shape === 'skeleton' && hasEnded(run)) return <SkeletonRows />
  if (!first) return isError && hasEnded(run) ? <p className="sub">{texts.connection.partMissing}</p> : null
  const chart = first.chart && chartToDraw(first.chart, run)
  const empty = first.columns.length === 0 || (first.total === 0 && first.rows.length === 0)

  return (
    <>
      {chart && <ChartSection chart={chart} />}
      {!empty && <ResultTable run={run} first={first} />}
    </>
  )
}
