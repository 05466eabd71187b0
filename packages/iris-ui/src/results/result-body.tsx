import type { Run, RunResult } from '@standin/client'
import type { ReactNode } from 'react'
import { OfferedSchedule } from '../first-days/offered-schedule.tsx'
import { hasEnded } from '../runs/follow-run.ts'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'
import { askedOfAddress, openRowOf } from './asked-of-address.ts'
import { chartToDraw } from './chart-to-draw.ts'
import { ComparedChart } from './compared-chart.tsx'
import { ResultTable } from './result-table.tsx'
import { RowPanel } from './row-panel.tsx'
import { StackedChart } from './stacked-chart.tsx'
import { useResult } from './use-result.ts'

/** A detail up to this length is shown under the headline, a longer one above the list. */
const LEAD_LENGTH = 200

export const isLead = (detail: string | null): detail is string => Boolean(detail && detail.length <= LEAD_LENGTH)

/** The list, and beside it the open row or the other parts. A result without rows is only its headline. */
export function ResultBody({ run, beside }: { run: Run; beside?: ReactNode }) {
  const { texts } = useSurroundings()
  const { first, isError } = useResult(run)
  const chart = first?.chart && chartToDraw(first.chart, run)
  const isEmpty = !first || first.columns.length === 0 || (first.total === 0 && first.rows.length === 0)
  const hasFlow = !isEmpty || isError || chart?.kind === 'stacked' || first?.offer != null
  if (!beside && !hasFlow) return null
  return (
    <div className={beside ? 'result' : 'result alone'}>
      {beside && !isEmpty && (
        <button type="button" className="skip" onClick={focusList}>
          {texts.table.skipToList}
        </button>
      )}
      <OpenRow run={run} first={isEmpty ? undefined : first}>
        {beside}
      </OpenRow>
      {hasFlow && (
        <div className={first && first.total > 100 ? 'flow long' : 'flow'}>
          {!first && isError && hasEnded(run) && <p className="sub">{texts.connection.partMissing}</p>}
          {first?.offer && hasEnded(run) && <OfferedSchedule run={run} offer={first.offer} />}
          {chart?.kind === 'compared' && <ComparedChart chart={chart} />}
          {first && chart?.kind === 'stacked' && <StackedChart chart={chart} facets={first.facets} />}
          {first?.detail && !isLead(first.detail) && !(run.state === 'succeeded' && run.incomplete) && (
            <p className="small muted explains">{first.detail}</p>
          )}
          {first && !isEmpty && <ResultTable run={run} first={first} />}
        </div>
      )}
    </div>
  )
}

const focusList = () => document.querySelector<HTMLElement>('.list .mach, .spot')?.focus()

function OpenRow({ run, first, children }: { run: Run; first: RunResult | undefined; children: ReactNode }) {
  const [address] = useAddressState()
  const index = openRowOf(address)
  const asked = first ? askedOfAddress(address, first.columns) : {}
  const found = useResult(run, asked)
  if (first === undefined || index === undefined || !hasEnded(run)) return children
  return (
    <RowPanel
      run={run}
      asked={asked}
      index={index}
      columns={first.columns}
      total={found.isPlaceholderData ? undefined : found.first?.total}
    />
  )
}
