import { expect, test } from 'vitest'
import { runReplicasOnTrackunit } from '../../test/replicas-on-trackunit.ts'
import { startStrictTrackunit } from '../../test/strict-trackunit.ts'
import { createTestDatabase } from '../../test/test-database.ts'

test('invariant 23: fifty complete runs on each of three replicas exceed no limit of the strict simulator, and all succeed', async () => {
  await using trackunit = await startStrictTrackunit()
  await trackunit.settings({ pointsPerWindow: 10_000 })
  const database = await createTestDatabase()
  const beganAtMs = performance.now()

  const { runs, waits, passedMs } = await runReplicasOnTrackunit({
    url: database.url,
    trackunit,
    replicas: 3,
    runsOfEach: 50,
    accounts: 5,
    say: (line) => process.stderr.write(`${line}\n`),
  }).finally(database.drop)

  const { counts, violationCount } = await trackunit.requests()
  process.stderr.write(
    `${Math.round((performance.now() - beganAtMs) / 1_000)} s for ${Math.round(passedMs / 60_000)} minutes; ${runs.length} runs waited ${waits.length} times, ${JSON.stringify(counts)}, ${violationCount} violations\n`,
  )
  expect(violationCount).toBe(0)
  expect(runs.filter(({ state }) => state !== 'succeeded')).toEqual([])
  expect(runs).toHaveLength(150)
})
