import type { Run } from '@standin/client'
import { Icon } from '../parts/icon.tsx'
import { SkeletonRows } from '../parts/skeleton.tsx'
import { useSkeleton } from '../parts/use-skeleton.ts'
import { hasEnded } from '../runs/follow-run.ts'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'
import { ChartSection } from './chart-section.tsx'
import { chartToDraw } from './chart-to-draw.ts'
import { chartsByColumn } from './charts-by-column.ts'
import { CountedBy } from './counted-by.tsx'
import { ResultTable } from './result-table.tsx'
import { useResult } from './use-result.ts'

/** A detail up to this length is shown under the headline, a longer one next to the numbers. */
const LEAD_LENGTH = 200

/** More than the headline: what is left out and why. */
export function ResultDetail({ run }: { run: Run }) {
  const detail = useResult(run).first?.detail
  if (!detail || detail.length > LEAD_LENGTH) return null
  return run.incomplete === null ? (
    <p className="lead">{detail}</p>
  ) : (
    <p className="lead st warn">
      <Icon name="warn" />
      <span>{detail}</span>
    </p>
  )
}

/** The chart, if useful, and the table. A result without rows is only its headline. */
export function ResultSection({ run }: { run: Run }) {
  const { texts } = useSurroundings()
  const [address] = useAddressState()
  const { first, isPending, isError } = useResult(run)
  const shape = useSkeleton(isPending)

  if (shape === 'skeleton' && hasEnded(run)) return <SkeletonRows />
  if (!first) return isError && hasEnded(run) ? <p className="sub">{texts.connection.partMissing}</p> : null
  const chart = first.chart && chartToDraw(first.chart, run)
  const others = chartsByColumn(first, run, {
    unknown: texts.table.unknown,
    titleOf: texts.preview.by,
  })
  const shownBy = others.find(({ key }) => key === address.get('by'))
  const explains = first.detail && first.detail.length > LEAD_LENGTH
  const empty = first.columns.length === 0 || (first.total === 0 && first.rows.length === 0)

  return (
    <>
      {chart && (
        <ChartSection chart={shownBy?.chart ?? chart}>
          {others.length > 0 && <CountedBy own={chart.title} others={others} />}
        </ChartSection>
      )}
      {explains && <p className="small muted explains">{first.detail}</p>}
      {!empty && <ResultTable run={run} first={first} />}
    </>
  )
}
