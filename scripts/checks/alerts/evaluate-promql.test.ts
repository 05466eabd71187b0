import { expect, test } from 'vitest'
import { evaluate, type Scrape, seriesOf } from './evaluate-promql.ts'

const scrape = (atS: number, text: string): Scrape => ({ atS, series: seriesOf(text, { job: 'standin' }) })
const scrapes = [
  scrape(0, 'a{x="1"} 2\na{x="2"} 3\nb_bucket{le="1"} 0\nb_bucket{le="2"} 0\nb_bucket{le="+Inf"} 0\n'),
  scrape(60, '# HELP a b\na{x="1"} 2\na{x="2"} 9\nb_bucket{le="1"} 1\nb_bucket{le="2"} 3\nb_bucket{le="+Inf"} 4\n'),
]

test.each([
  ['a > 2', [9]],
  ['a{x="1"} == 2', [2]],
  ['a{x=~"1|3"}', [2]],
  ['a{x!="1"}', [9]],
  ['sum(a)', [11]],
  ['max by (x) (a) >= 2', [2, 9]],
  ['count(count by (x) (a)) > 1', [2]],
  ['sum by (x) (increase(a[5m])) > 0', [6]],
  ['sum(rate(a[1m]))', []], // Only one scrape is in the time.
  ['rate(a{x="2"}[2m])', [0.05]],
  ['absent(a)', []],
  ['absent(c)', [1]],
  ['sum(a) > 0.5 * sum(a) > 20', []],
  ['max(a) > 0 and sum(a) > 20', []],
  ['max(a) > 0 and sum(a) > 10', [9]],
  ['max(a{x="1"}) / sum(a)', [2 / 11]],
  ['histogram_quantile(0.5, sum by (le) (rate(b_bucket[2m])))', [1.5]],
])('%s', (query, values) => {
  const found = evaluate(query, scrapes)
  expect(typeof found === 'number' ? found : found.map(({ value }) => value)).toEqual(
    values.map((value) => expect.closeTo(value, 9)),
  )
})

test('what is not known here is an error, not an answer', () => {
  for (const query of ['topk(1, a)', 'a offset 5m', 'a % 2'])
    expect(() => evaluate(query, scrapes)).toThrow('Not known here')
})
