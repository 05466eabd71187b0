import type { Run } from '@standin/client'
import { type ReactNode, useState } from 'react'
import { ActionText } from '../parts/action-text.tsx'
import { Icon } from '../parts/icon.tsx'
import { chartToDraw } from '../results/chart-to-draw.ts'
import { FilterBars, newRowsOf } from '../results/filter-bars.tsx'
import { useResult } from '../results/use-result.ts'
import { useSurroundings } from '../surroundings.ts'
import { DeliveryList } from './delivery-list.tsx'
import { FileList } from './file-list.tsx'

/** The parts beside the list of a result; on narrow pages two lines above it that can be opened. */
export function BesideResult({ run }: { run: Run }) {
  const { texts, formats } = useSurroundings()
  const { first } = useResult(run)
  const chart = first?.chart && chartToDraw(first.chart, run)
  const newRows = first && chart?.kind === 'bars' ? newRowsOf(chart, first.facets) : 0
  const failed = run.deliveries.filter(({ state }) => state === 'failed').length
  return (
    <aside className="beside">
      {first && chart?.kind === 'bars' && (
        <Fold heading={chart.title} sum={newRows > 0 ? texts.table.newCount(formats.number(newRows)) : ''}>
          <FilterBars chart={chart} facets={first.facets} />
        </Fold>
      )}
      <Fold
        heading={run.deliveries.length > 0 ? texts.run.filesAndDeliveries : texts.run.files}
        sum={
          failed > 0
            ? texts.run.notDelivered(formats.number(failed))
            : texts.run.fileCount(run.artifacts.length, formats.number(run.artifacts.length))
        }
      >
        <FileList run={run} />
        <DeliveryList run={run} />
      </Fold>
    </aside>
  )
}

/** Open where there is room for it. */
function Fold({ heading, sum, children }: { heading: string; sum: string; children: ReactNode }) {
  const [isOpen, setOpen] = useState(() => matchMedia('(min-width: 64.0625rem)').matches)
  return (
    <details className="sec" open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <h2>
          <ActionText>{heading}</ActionText>
        </h2>
        <span className="sum">{sum}</span>
        <Icon name="down" />
      </summary>
      {children}
    </details>
  )
}
