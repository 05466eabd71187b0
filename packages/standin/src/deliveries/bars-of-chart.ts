import type { ResultChart } from '@standin/contracts'
import { measured, type ReaderHabits } from '../results/artifacts/readers-table.ts'

/** One bar of a chart that is shown without a drawing. */
export interface Bar {
  label: string
  /** Null: no data. */
  value: number | null
  words: string
}

/** A chart as bars with their numbers; of a stacked chart, the sum of each column and its note; of a comparison, the last values. */
export function barsOf(chart: ResultChart, habits: ReaderHabits): Bar[] {
  const inWords = (value: number) => {
    const { value: own, unit } = measured(value, chart.unit, habits)
    const number = new Intl.NumberFormat('en', { maximumFractionDigits: own < 100 ? 1 : 0 }).format(own)
    return unit ? `${number} ${unit}` : number
  }
  if (chart.kind === 'bars') return chart.bars.map((bar) => ({ ...bar, words: inWords(bar.value) }))
  if (chart.kind === 'compared')
    return (chart.groupings[0]?.rows ?? []).map(({ label, values }) => {
      const value = values.at(-1) ?? null
      return { label, value, words: value === null ? '' : inWords(value) }
    })
  return chart.columns.map(({ label, values, note }) => {
    const known = Object.values(values).filter((value) => value !== null)
    const value = known.length > 0 ? known.reduce((sum, each) => sum + each, 0) : null
    return { label, value, words: [...(value === null ? [] : [inWords(value)]), ...(note ? [note] : [])].join(', ') }
  })
}
