import { afterAll, expect, onTestFinished, test } from 'vitest'
import { startStrictTrackunit } from '../../test/strict-trackunit.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { openTestReplica } from '../../test/test-replica.ts'
import { systemClock } from '../clock.ts'
import { sharedTurns } from '../database/shared-turns-table.ts'
import { StandinError } from '../standin-error.ts'
import { createAccountClient } from './account-client.ts'
import { isGraphqlRefused } from './rate-budget-store.ts'
import { rateBudgets } from './rate-budget-table.ts'
import type { TrackunitRequests } from './trackunit-client.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const fleet = 'query Fleet { assets(first: 100) { edges { node { id name } } pageInfo { hasNextPage } } }'
const events = { fromTime: '2026-01-01T00:00:00Z', toTime: '2026-01-02T00:00:00Z' }
const never = new AbortController().signal

/** The strict simulator, and clients of several replicas, which share only the database. */
async function createReplicas(count: number, { perSecond = 1_000 } = {}) {
  const trackunit = await startStrictTrackunit()
  onTestFinished(trackunit[Symbol.asyncDispose])
  const { accountId, environment, token, settings, faults, requests } = trackunit
  const open = (pool: number) => {
    const replica = openTestReplica(database, {
      clock: systemClock,
      fetch,
      pool,
      environment: { ...environment, TRACKUNIT_MAX_REQUESTS_PER_S: String(perSecond) },
    })
    onTestFinished(replica.close)
    return replica.ctx
  }
  const { db: shared } = open(1)
  await shared.delete(rateBudgets) // The last test's requests.
  await shared.delete(sharedTurns)
  const replicas = Array.from({ length: count }, () => {
    const ctx = open(5)
    return (isUrgent = true): TrackunitRequests =>
      createAccountClient(ctx, { accountId, isUrgent, signal: never, token })
  })
  return { replicas, settings, faults, requests, shared, accountId }
}

/** @returns the outcome: sent, or refused with the time to wait */
const outcomeOf = (request: Promise<unknown>) =>
  request.then(
    () => 'sent' as const,
    (error: unknown) => {
      if (error instanceof StandinError && error.reason === 'TRACKUNIT_RATE_LIMITED') return error.retryAfterMs ?? 0
      throw error
    },
  )

test.for([
  { title: '429 and Retry-After', fault: { status: 429, retryAfterS: 90 } },
  {
    title: 'RATE_LIMITED and resetIn',
    fault: { body: { errors: [{ extensions: { code: 'RATE_LIMITED', resetIn: 90_000 } }] } },
  },
])(
  'invariant 23: what GraphQL tells one replica by $title, all obey, and say until when; other limits are unaffected',
  async ({ fault }) => {
    const { replicas, faults, requests } = await createReplicas(3)
    await faults({ graphql: { ...fault, times: 1 } })

    const outcomes: unknown[] = []
    for (const replica of replicas) outcomes.push(await outcomeOf(replica().graphql(fleet)))

    expect(outcomes[0]).toBe(90_000)
    for (const waitMs of outcomes.slice(1)) {
      expect(waitMs).toBeGreaterThan(80_000)
      expect(waitMs).toBeLessThanOrEqual(90_005)
    }
    expect(await outcomeOf(replicas[1]?.().get('/api/asset/v2/assets') ?? Promise.reject())).toBe('sent')
    expect(await requests()).toMatchObject({ counts: { 'POST /api/graphql/': 1 }, violationCount: 0 })
  },
)

const unless = (reasons: readonly string[]) => (error: unknown) => {
  if (!(error instanceof StandinError && reasons.includes(error.reason))) throw error
}

test('invariant 23: three replicas with fifty runs each break no limit of the strict simulator', async () => {
  const { replicas, settings, requests } = await createReplicas(3)
  await settings({ pointsPerWindow: 8_000 })
  const kinds = [
    (trackunit: TrackunitRequests) => trackunit.graphql(fleet),
    (trackunit: TrackunitRequests) => trackunit.post('/public/api/eventlog/v3/asset-event/log', events),
    (trackunit: TrackunitRequests) => trackunit.get('/public/api/aemp/v2/15143/-3/Fleet/1'),
    (trackunit: TrackunitRequests) => trackunit.get('/public/api/aemp/v2/15143/-3/Fleet/2'),
    (trackunit: TrackunitRequests) => trackunit.get('/api/asset/v2/assets'),
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
})

test.for(['page', 'forbidden', 'graphql-error'] as const)(
  'an account whose plan lacks GraphQL is remembered for a day, or until it is answered (%s)',
  async (planRefusal) => {
    const { replicas, settings, shared, accountId } = await createReplicas(2)
    await settings({ plan: 'basic', planRefusal })
    const isRefused = () => isGraphqlRefused(shared, accountId)
    const ask = (nth: number) =>
      replicas[nth]?.()
        .graphql(fleet)
        .catch(unless(['TRACKUNIT_REFUSED']))

    expect(await isRefused()).toBe(false)
    await ask(0)
    expect(await isRefused()).toBe(true)
    await shared.update(rateBudgets).set({ state: { refusedAtMs: Date.now() - 86_500_000 } })
    expect(await isRefused()).toBe(false)
    await ask(0)
    await settings({ plan: 'irisx' })
    await ask(1)
    expect(await isRefused()).toBe(false)
  },
)

test('invariant 23: the documented rates of time series, alerts and locations hold for all replicas together', async () => {
  const { replicas, requests } = await createReplicas(3)
  const asked = ['/api/time-series/v1/assets/1/prometheus/api/v1/query', '/api/time-series/v1/assets/1/metrics']
  const paths = [
    ...asked,
    '/public/api/alert/v1/alerts',
    '/api/location/v1/locations?page=1',
    '/api/location/v1/locations?page=2',
  ]

  await Promise.all(
    replicas.flatMap((replica) =>
      paths.flatMap((path) =>
        // The simulator knows only the limits of these addresses.
        Array.from({ length: 20 }, () =>
          replica()
            .get(path)
            .catch(unless(['TRACKUNIT_REFUSED', 'TRACKUNIT_RATE_LIMITED'])),
        ),
      ),
    ),
  )

  const { counts, violations } = await requests()
  expect(violations.filter(({ rule }) => rule !== 'path-documented')).toEqual([])
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(100)
})

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
})
