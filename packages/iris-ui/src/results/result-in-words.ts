import type { ResultChart, RunResult } from '@standin/client'

/** A page of a result in the reader's language. Its facets stay as they are: by their values is filtered. */
export function resultInWords<Page extends RunResult>(page: Page, say: (words: string) => string): Page {
  const orNull = (words: string | null) => words && say(words)
  return {
    ...page,
    headline: orNull(page.headline),
    detail: orNull(page.detail),
    chart: page.chart && chartInWords(page.chart, say),
    columns: page.columns.map((column) => ({ ...column, title: say(column.title) })),
    rows: page.rows.map((row) => ({
      ...row,
      cells: Object.fromEntries(
        Object.entries(row.cells).map(([key, value]) => [key, typeof value === 'string' ? say(value) : value]),
      ),
    })),
  }
}

function chartInWords(chart: ResultChart, say: (words: string) => string): ResultChart {
  const around = { title: say(chart.title), note: chart.note && say(chart.note) }
  if (chart.kind === 'bars')
    return { ...chart, ...around, bars: chart.bars.map((bar) => ({ ...bar, label: say(bar.label) })) }
  return {
    ...chart,
    ...around,
    series: chart.series.map((one) => ({ ...one, label: say(one.label) })),
    columns: chart.columns.map((one) => ({ ...one, label: say(one.label), note: one.note && say(one.note) })),
  }
}
