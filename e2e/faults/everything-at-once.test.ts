import { expect, test } from 'vitest'
import { everythingAtOnce } from './everything-at-once.ts'

test('no promise is broken while servers, database, network and Trackunit fail together', async () => {
  const { problems, counts, lines, log } = await everythingAtOnce({ seed: 1, seconds: 6, faults: 11 })

  expect(problems, [...lines, ...log.slice(-20)].join('\n')).toEqual([])
  expect(counts.faults).toBeGreaterThanOrEqual(11)
  for (const [what, count] of Object.entries(counts)) expect(count, what).toBeGreaterThan(0)
}, 300_000)
