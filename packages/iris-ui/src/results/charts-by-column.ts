import type { ResultChart, Run, RunResult } from '@standin/client'
import { chartToDraw } from './chart-to-draw.ts'

export type DrawnChart = NonNullable<ReturnType<typeof chartToDraw>>

interface Words {
  /** For rows whose value is unknown. */
  unknown: string
  titleOf(column: string): string
}

/**
 * The rows counted by each column that has few values, where such a chart says something and the result's own does not
 * say it already.
 */
export function chartsByColumn(
  { chart, columns, facets, total }: Pick<RunResult, 'chart' | 'columns' | 'facets' | 'total'>,
  run: Pick<Run, 'state'>,
  { unknown, titleOf }: Words,
): { key: string; chart: DrawnChart }[] {
  const countsRows = chart?.kind === 'bars' && chart.unit === 'number'
  if (!countsRows) return []
  return facets.flatMap(({ key, values }) => {
    const column = columns.find((one) => one.key === key)
    const bars = values.map(({ message, rows }) => ({ label: message || unknown, value: rows }))
    const drawn =
      column && chartToDraw({ kind: 'bars', title: titleOf(column.title), unit: 'number', bars, note: null }, run)
    if (drawn?.kind !== 'bars' || isSame(drawn.bars, chart.bars)) return []
    // A facet has only its most frequent values.
    const others = total - drawn.bars.reduce((sum, { value }) => sum + value, 0)
    return [{ key, chart: others > 0 ? { ...drawn, others } : drawn }]
  })
}

type Bar = (ResultChart & { kind: 'bars' })['bars'][number]

const isSame = (some: readonly Bar[], chart: readonly Bar[]) =>
  some.slice(0, 8).every(({ value }, index) => value === chart[index]?.value)
