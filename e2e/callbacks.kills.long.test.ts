import { expect, test } from 'vitest'
import { longTest, seededRandom } from '../packages/standin/test/long-test.ts'
import { runCallbackKillLoop } from './callback-kill-loop.ts'

test('invariant 1: every callback answered 2xx is in effect after a hundred kills of the server and of PostgreSQL', async () => {
  const { seed, endsAtMs } = longTest()
  const say = (line: string) => line.startsWith('kill ') && console.log(line)
  const { kills, taken, wrong, unanswered } = await runCallbackKillLoop({
    kills: 100,
    random: seededRandom(seed),
    endsAtMs,
    say,
  })
  console.log(`${kills} kills, ${taken.length} accounts taken, ${unanswered} not answered`)
  expect(wrong).toEqual([])
  expect(taken.length).toBeGreaterThanOrEqual(kills)
})
