import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { chartFile, drawChart, newestResults } from '../../bench/draw-chart.ts'

test('the chart in the README is drawn from the newest whole results', () => {
  const newest = newestResults()
  if (!newest) throw new Error('there are no results')
  const chart = readFileSync(chartFile, 'utf8')
  // `npm run bench` draws it; `node scripts/bootstrap.mjs node bench/draw-newest.ts` draws it again.
  expect(chart).toBe(drawChart(newest))
  for (const { name } of newest.rows) expect(chart).toContain(name.slice(0, 40).replaceAll('&', '&amp;'))
  expect(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')).toContain('(bench/chart.svg)')
})
