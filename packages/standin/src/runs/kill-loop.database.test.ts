import { describe, expect, test } from 'vitest'
import { createSeededRandom, runKillLoop } from '../../test/kill-loop.ts'
import { startKillablePostgres } from '../../test/killable-postgres.ts'
import { createTestDatabase } from '../../test/test-database.ts'

const keys = 60

describe('invariant 19: every run ends in one final state, and makes each of its effects once,', () => {
  test('while workers are killed again and again; it goes on within two seconds', async () => {
    await using database = await createTestDatabase()

    const { runs, counts, stoodStillMs } = await runKillLoop({
      ...{ url: database.url, kills: 5, accounts: 3, keys, random: createSeededRandom(7) },
    })

    expectWhole({ runs, counts })
    expect(stoodStillMs).toHaveLength(5)
    expect(stoodStillMs.toSorted((one, other) => one - other)[2]).toBeLessThan(2_000)
    expect(Math.max(...stoodStillMs)).toBeLessThan(8_000) // On the busiest machine sooner than the queue's own ten seconds.
  }, 60_000)

  test('while PostgreSQL is killed under them', async () => {
    await using server = await startKillablePostgres()

    const { runs, counts, endedByThemselves } = await runKillLoop({
      ...{ url: server.url, kills: 2, accounts: 2, keys, random: createSeededRandom(8) },
      killDatabase: { every: 1, kill: server.kill },
    })

    expectWhole({ runs, counts })
    expect(endedByThemselves).toBe(0)
  }, 60_000)
})

function expectWhole({ runs, counts }: Pick<Awaited<ReturnType<typeof runKillLoop>>, 'runs' | 'counts'>): void {
  for (const { name, lines, rows, ...run } of runs) {
    expect({ name, ...run }).toMatchObject({ state: 'succeeded', reason: null, finals: 1, hasGap: false })
    const expected = Array.from({ length: keys }, (_, nth) => `${name}-${nth}`)
    expect(rows).toEqual(expected)
    expect(lines).toEqual(expected.map((key) => `${key} 1`))
    expect(expected.map((key) => counts.get(key))).toEqual(expected.map(() => 1))
  }
}
