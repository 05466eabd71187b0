import { expect, test } from 'vitest'
import { seededRandom } from '../packages/standin/test/long-test.ts'
import { runCallbackKillLoop } from './callback-kill-loop.ts'

test('invariant 1: every callback answered 2xx is in effect after ten kills of the server and of PostgreSQL', async () => {
  const lines: string[] = []
  const { kills, taken, wrong } = await runCallbackKillLoop({
    kills: 10,
    random: seededRandom(1),
    say: (line) => lines.push(line),
  })
  expect(wrong, lines.slice(-20).join('\n')).toEqual([])
  expect(kills).toBe(10)
  expect(taken.length).toBeGreaterThanOrEqual(kills) // The loop waits for one before each kill.
})
