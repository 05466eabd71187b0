import { expect, test } from 'vitest'
import { createSeededRandom, runKillLoop } from '../../test/kill-loop.ts'
import { startKillablePostgres } from '../../test/killable-postgres.ts'

const keys = 40

test('invariant 19: while workers and PostgreSQL are killed again and again, every run ends once and makes each effect once', async () => {
  await using server = await startKillablePostgres()

  const { runs, counts, stoodStillMs, endedByThemselves } = await runKillLoop({
    url: server.url,
    kills: 7,
    accounts: 3,
    keys,
    random: createSeededRandom(7),
    killDatabase: { every: 3, kill: server.kill },
  })

  for (const { name, lines, rows, ...run } of runs) {
    expect({ name, ...run }).toMatchObject({ state: 'succeeded', reason: null, finals: 1, hasGap: false })
    const expected = Array.from({ length: keys }, (_, nth) => `${name}-${nth}`)
    expect(rows).toEqual(expected)
    expect(lines).toEqual(expected.map((key) => `${key} 1`))
    expect(expected.map((key) => counts.get(key))).toEqual(expected.map(() => 1))
  }
  expect(endedByThemselves).toBe(0)
  expect(stoodStillMs).toHaveLength(5)
  expect(stoodStillMs.toSorted((one, other) => one - other)[2]).toBeLessThan(5_000)
  expect(Math.max(...stoodStillMs)).toBeLessThan(8_000) // On the busiest machine sooner than the queue's own ten seconds.
})
