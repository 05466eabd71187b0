import { expect, test } from 'vitest'
import { runReplicasOnTrackunit } from '../../test/replicas-on-trackunit.ts'
import { startStrictTrackunit } from '../../test/strict-trackunit.ts'
import { createTestDatabase } from '../../test/test-database.ts'

test('invariant 23: complete runs on three replicas wait for Trackunit’s limits, show until when, and all end', async () => {
  await using trackunit = await startStrictTrackunit()
  await trackunit.settings({ pointsPerWindow: 10_000 })
  const database = await createTestDatabase()

  const { runs, waits, passedMs } = await runReplicasOnTrackunit({
    url: database.url,
    trackunit,
    replicas: 3,
    runsOfEach: 8,
    accounts: 2,
  }).finally(database.drop)

  expect(await trackunit.requests()).toMatchObject({ violationCount: 0, violations: [] })
  expect(runs.map(({ state, reason }) => ({ state, reason }))).toEqual(
    Array.from({ length: 24 }, () => ({ state: 'succeeded', reason: null })),
  )
  expect(waits.length).toBeGreaterThan(3)
  expect(
    waits.filter(({ reason, waitingUntil }) => reason !== 'TRACKUNIT_RATE_LIMITED' || waitingUntil === null),
  ).toEqual([])
  // Three runs of an account that read the log twice each have three turns, half an hour apart.
  expect(passedMs).toBeGreaterThan(60 * 60_000)
})
