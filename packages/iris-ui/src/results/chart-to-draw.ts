import type { ResultChart, Run } from '@standin/client'

const MOST_BARS = 8
const FEWEST = 3
const ALMOST_ALL = 0.9

/**
 * The chart of a result if it says more than the sentence: not for a part of a result, for fewer than three values, or if one
 * value is nearly everything. Bars beyond the eighth are summed as `others`.
 */
export function chartToDraw(
  chart: ResultChart,
  run: Pick<Run, 'state'>,
): (ResultChart & { others?: number }) | undefined {
  if (run.state !== 'succeeded') return undefined
  if (chart.kind === 'stacked') {
    const known = chart.columns.filter(({ values }) => Object.values(values).some((value) => value !== null))
    return known.length >= FEWEST ? chart : undefined
  }
  if (chart.kind === 'compared') return chart.groupings.some(({ rows }) => rows.length > 0) ? chart : undefined
  const sum = chart.bars.reduce((all, { value }) => all + value, 0)
  const largest = Math.max(...chart.bars.map(({ value }) => value))
  if (chart.bars.length < FEWEST || sum <= 0 || largest / sum > ALMOST_ALL) return undefined
  // Nine bars are eight and `others`, from an action that counted them itself: their order is kept.
  if (chart.bars.length === MOST_BARS + 1) return chart
  const sorted = [...chart.bars].sort((a, b) => b.value - a.value)
  if (sorted.length <= MOST_BARS) return { ...chart, bars: sorted }
  const others = sorted.slice(MOST_BARS).reduce((all, { value }) => all + value, 0)
  return { ...chart, bars: sorted.slice(0, MOST_BARS), others }
}

/** The top of an axis that begins at 0: a round number in three equal steps. */
export function axisTop(largest: number): number {
  if (largest <= 0) return 3
  const step = largest / 3
  const power = 10 ** Math.floor(Math.log10(step))
  const nice = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= step) ?? 10
  return Number((nice * power * 3).toPrecision(12))
}
