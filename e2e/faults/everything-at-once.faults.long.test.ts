import { expect, test } from 'vitest'
import { longTest } from '../../packages/standin/test/long-test.ts'
import { everythingAtOnce } from './everything-at-once.ts'
import { faults } from './faults.ts'

test('no promise is broken while servers, database, network and Trackunit fail together, for minutes', async () => {
  const { seed, minutes } = longTest()
  const { problems, counts, begun, lines, log } = await everythingAtOnce({ seed, seconds: minutes * 60, faults: 1 })
  console.log(counts, begun)

  expect(problems, [...lines.slice(-50), ...log.slice(-50)].join('\n')).toEqual([])
  if (minutes >= 2) expect([...begun.keys()].sort()).toEqual(Object.keys(faults).sort())
})
