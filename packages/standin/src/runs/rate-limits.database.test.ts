import { pino } from 'pino'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { startStrictTrackunit } from '../../test/strict-trackunit.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { systemClock } from '../clock.ts'
import { connectDatabase } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { createTrackunitClient, type TrackunitClient } from '../trackunit/trackunit-client.ts'
import { createRateLimits } from './rate-limits.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const fleet = 'query Fleet { assets(first: 100) { edges { node { id name } } pageInfo { hasNextPage } } }'
const events = { fromTime: '2026-01-01T00:00:00Z', toTime: '2026-01-02T00:00:00Z' }
const never = new AbortController().signal

/** The strict simulator, and clients of as many replicas as are asked for, which know of each other by the database alone. */
async function createReplicas(count: number, { perSecond = 1_000 } = {}) {
  const trackunit = await startStrictTrackunit()
  onTestFinished(trackunit[Symbol.asyncDispose])
  const { accountId, policy, token, settings, requests } = trackunit
  const replicas = Array.from({ length: count }, () => {
    const { db, close } = connectDatabase(database.url, { pool: 5 })
    onTestFinished(close)
    const limits = createRateLimits({ db, perSecond, clock: systemClock, log: pino({ level: 'silent' }) })
    return (isUrgent = true): TrackunitClient =>
      createTrackunitClient(policy, {
        ...{ fetch, clock: systemClock, signal: never, token },
        limits: limits.limitsFor({ accountId, isUrgent }, never),
      })
  })
  return { replicas, settings, requests }
}

/** @returns how it ended: sent, or sent away with how long to wait */
const outcomeOf = (request: Promise<unknown>) =>
  request.then(
    () => 'sent' as const,
    (error: unknown) => {
      if (error instanceof StandinError && error.reason === 'TRACKUNIT_RATE_LIMITED') return error.retryAfterMs ?? 0
      throw error
    },
  )

test('invariant 23: three replicas with fifty runs each break no limit of the strict simulator', async () => {
  const { replicas, settings, requests } = await createReplicas(3)
  await settings({ pointsPerWindow: 8_000 })
  const kinds = [
    (trackunit: TrackunitClient) => trackunit.graphql(fleet),
    (trackunit: TrackunitClient) => trackunit.post('/public/api/eventlog/v3/asset-event/log', events),
    (trackunit: TrackunitClient) => trackunit.get('/public/api/aemp/v2/15143/-3/Fleet/1'),
    (trackunit: TrackunitClient) => trackunit.get('/public/api/aemp/v2/15143/-3/Fleet/2'),
    (trackunit: TrackunitClient) => trackunit.get('/api/asset/v2/assets'),
  ]

  const outcomes = await Promise.all(
    replicas.flatMap((replica) =>
      Array.from({ length: 50 }, async (_, nth) => {
        const kind = nth % kinds.length
        const request = kinds[kind]?.(replica()) ?? Promise.reject()
        return { kind, outcome: await outcomeOf(request) }
      }),
    ),
  )
  const sent = (kind: number) => outcomes.filter((each) => each.kind === kind && each.outcome === 'sent').length

  expect(await requests()).toMatchObject({ violationCount: 0, violations: [] })
  expect([1, 2, 3, 4].map(sent)).toEqual([2, 1, 1, 30])
  expect(sent(0)).toBeGreaterThan(1)
  expect(sent(0)).toBeLessThan(30) // The budget of points would have been overrun.
  const waits = outcomes.flatMap(({ outcome }) => (outcome === 'sent' ? [] : [outcome]))
  expect(Math.min(...waits)).toBeGreaterThan(60_000)
}, 20_000)

test('invariant 23: a ceiling over all accounts holds for all replicas together', async () => {
  const { replicas } = await createReplicas(3, { perSecond: 10 })
  const beganAtMs = performance.now()

  const outcomes = await Promise.all(
    replicas.flatMap((replica) => Array.from({ length: 10 }, () => outcomeOf(replica().get('/api/asset/v2/assets')))),
  )

  const sent = outcomes.filter((outcome) => outcome === 'sent').length
  const tookS = (performance.now() - beganAtMs) / 1_000
  expect(sent).toBeGreaterThan(10)
  expect(sent).toBeLessThanOrEqual(10 * (tookS + 1))
}, 20_000)
