import { expect, test } from 'vitest'
import { createSeededRandom, runKillLoop } from '../../test/kill-loop.ts'
import { startKillablePostgres } from '../../test/killable-postgres.ts'

/** Enough for each run to reach a checkpoint between two kills: a run that dies six times without one is given up. */
const keys = 400

test('invariant 19: sixty kills of two workers and of PostgreSQL lose no run and make no effect twice', async () => {
  await using server = await startKillablePostgres()

  const beganAtMs = performance.now()
  const { runs, counts, stoodStillMs } = await runKillLoop({
    url: server.url,
    kills: 60,
    accounts: 3,
    keys,
    random: createSeededRandom(Number(process.env.LONG_SEED ?? 1)),
    killDatabase: { every: 10, kill: server.kill },
    say: (line) => process.stderr.write(`${line}\n`),
  })

  for (const { name, lines, rows, ...run } of runs) {
    expect({ name, ...run }).toMatchObject({ state: 'succeeded', reason: null, finals: 1, hasGap: false })
    const expected = Array.from({ length: keys }, (_, nth) => `${name}-${nth}`)
    expect(rows).toEqual(expected)
    expect(lines).toEqual(expected.map((key) => `${key} 1`))
    expect(expected.filter((key) => counts.get(key) !== 1)).toEqual([])
  }
  const [tookS, mostMs] = [(performance.now() - beganAtMs) / 1_000, Math.max(...stoodStillMs)]
  const middleMs = stoodStillMs.toSorted((one, other) => one - other)[stoodStillMs.length >> 1] ?? Number.NaN
  process.stderr.write(
    `${Math.round(tookS)} s; runs of ${stoodStillMs.length} killed workers stood still for ${Math.round(middleMs)} ms in the middle, ${Math.round(mostMs)} ms at most\n`,
  )
  expect(middleMs).toBeLessThan(2_000)
  expect(mostMs).toBeLessThan(8_000)
}, 480_000)
