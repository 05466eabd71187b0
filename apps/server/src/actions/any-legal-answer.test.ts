import fc from 'fast-check'
import { StandinError } from 'standin'
import type { Played, PlayedRequests } from 'standin/testing'
import { describe, expect, test } from 'vitest'
import { attentionList } from './attention-list.ts'
import { clearStaleEvents } from './clear-stale-events.ts'
import { fleetSnapshot } from './fleet-snapshot.ts'
import { createReferenceStage } from './test/reference-stage.ts'
import { utilisation } from './utilisation.ts'

/**
 * Little more than the outline of Trackunit's answers is documented. Whatever they contain, in any order and on pages of any
 * size, a run must end, with each machine once and with no value that a file or page could not show.
 */

const codePoint = fc.oneof(fc.nat(0x7f), fc.nat(0x10ffff), fc.integer({ min: 0xd800, max: 0xdfff }))
const text = fc.oneof(
  // `fc.string` with the unit `binary` would take a second to prepare.
  fc.array(codePoint, { maxLength: 30 }).map((points) => String.fromCodePoint(...points)),
  fc.constantFrom('', '\0', '\ud800', '🚜'.repeat(400), '=1+1', '__proto__', 'constructor', 'EXCAVATOR', 'NEW_KIND'),
)
/** Few, so that machines occur on several pages. */
const anId = fc.oneof(
  fc.constantFrom('a', 'b', 'c', '7d0c6b0e-9d3f-4c11-8a3d-0c6a5b1f2e3d', '__proto__', 'constructor', '🚜', '0'),
  fc.string({ minLength: 1, maxLength: 12 }),
)
const aNumber = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -1, 50, 99.9, 100, 100.4, 250, 1e308),
)
const aMoment = fc.constantFrom(
  '2026-11-20T05:50:00.000Z',
  '2026-11-20T05:50:00+05:30',
  '2026-11-20T05:50:00',
  '2026-11-20',
  '1970-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '+275760-09-13T00:00:00.000Z',
  '2099-01-01T00:00:00Z',
  'yesterday',
  '',
)
/** A requested value can be missing, null, or something entirely different. */
const perhaps = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof(
    { weight: 8, arbitrary: value },
    { weight: 2, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.jsonValue() },
  )
const partly = (parts: Record<string, fc.Arbitrary<unknown>>, requiredKeys: string[] = []) =>
  fc.record(
    Object.fromEntries(
      Object.entries(parts).map(([name, value]) => [name, requiredKeys.includes(name) ? value : perhaps(value)]),
    ),
    {
      requiredKeys,
    },
  )

const names = partly({
  edges: fc.array(perhaps(partly({ node: partly({ id: anId, name: text }, ['id']) })), { maxLength: 2 }),
})
const coordinates = fc.oneof(
  fc.tuple(fc.double({ min: -180, max: 180, noNaN: true }), fc.double({ min: -90, max: 90, noNaN: true })),
  fc.array(aNumber, { maxLength: 4 }),
  fc.constant([
    [
      [12.5, 55.6],
      [12.6, 55.6],
    ],
  ]), // Of a polygon.
)
const asset = partly(
  {
    id: anId,
    name: text,
    brand: text,
    model: text,
    serialNumber: text,
    assetType: text,
    lastSeen: aMoment,
    insights: partly({ fuelLevel: aNumber, batteryStateOfChargePercent: aNumber, cumulativeOperatingHours: aNumber }),
    locations: partly({
      latest: partly({
        geometry: partly({ type: text, coordinates }),
        properties: partly({ address: partly({ streetAddress: text, city: text, country: text }) }),
      }),
    }),
    sites: names,
    groups: names,
  },
  ['id'],
)
const cursor = fc.constantFrom('x', 'y', 'z', null)
const graphqlPage = fc.record({
  edges: perhaps(fc.array(perhaps(fc.record({ node: perhaps(asset) })), { maxLength: 5 })).map((edges) =>
    Array.isArray(edges) ? edges : null,
  ),
  pageInfo: fc.record({ endCursor: cursor, hasNextPage: fc.boolean() }),
})
const listOf = (item: fc.Arbitrary<unknown>) =>
  fc.record({ content: fc.array(perhaps(item), { maxLength: 5 }), totalPages: fc.constantFrom(0, 1, 2, 1_000_000) })

const counter = partly({ Hour: fc.oneof(aNumber, fc.constant('12.5')), datetime: aMoment })
const equipment = partly({
  EquipmentHeader: partly({ EquipmentID: fc.oneof(anId, text), SerialNumber: fc.oneof(text, fc.nat()) }),
  Location: partly({ Latitude: aNumber, Longitude: aNumber, datetime: aMoment }),
  CumulativeOperatingHours: counter,
  CumulativeIdleHours: counter,
  FuelRemaining: partly({ Percent: aNumber, datetime: aMoment }),
})
const snapshotPage = fc.record(
  {
    Links: fc.constantFrom([], [{ rel: 'next', href: 'x' }], [{ rel: 'self' }, null, { rel: 'Next' }], { rel: 'last' }),
    Equipment: fc.oneof(fc.array(perhaps(equipment), { maxLength: 5 }), equipment),
  },
  { requiredKeys: ['Links'] },
)
const issue = partly({
  assetId: anId,
  type: fc.oneof(text, fc.constant('DATA_NOT_RECEIVED')),
  status: text,
  openedAt: aMoment,
})
const event = partly({
  id: anId,
  assetId: anId,
  status: fc.constantFrom('OPEN', 'NEW', 'DISMISSED'),
  type: text,
  criticality: text,
  time: aMoment,
})

const answers = fc.record({
  graphql: fc.array(graphqlPage, { minLength: 1, maxLength: 6 }),
  isPartial: fc.boolean(),
  assets: fc.array(listOf(asset), { minLength: 1, maxLength: 3 }),
  snapshot: fc.array(snapshotPage, { minLength: 1, maxLength: 3 }),
  health: fc.array(perhaps(listOf(issue)), { minLength: 1, maxLength: 3 }),
  overdue: fc.array(perhaps(listOf(fc.oneof(anId, partly({ assetId: anId }), partly({ id: anId })))), {
    minLength: 1,
    maxLength: 3,
  }),
  events: fc.array(listOf(event), { minLength: 1, maxLength: 3 }),
  /** A plan that lacks the full list. */
  isBasic: fc.boolean(),
})
type Answers = typeof answers extends fc.Arbitrary<infer Value> ? Value : never

/** Returns these answers in turn, again and again, so lists can be endless. */
function clientOf({ isPartial, isBasic, ...given }: Answers): PlayedRequests {
  const turns = new Map<unknown[], number>()
  const next = (list: unknown[]) => {
    const turn = turns.get(list) ?? 0
    turns.set(list, turn + 1)
    return list[turn % list.length]
  }
  const answerOf = (path: string) => {
    if (path === '/api/asset/v2/assets') return next(given.assets)
    if (path.includes('/aemp/')) return next(given.snapshot)
    if (path.includes('data-health')) return next(given.health)
    if (path.includes('asset-event')) return next(given.events)
    return next(given.overdue)
  }
  const read = async (path: string) => JSON.parse(JSON.stringify(answerOf(path) ?? null))
  return {
    async graphql<Data>(document: string) {
      if (document.includes('eventDismiss')) return { data: { eventDismiss: { success: true } } as Data, isPartial }
      if (isBasic) throw new StandinError('TRACKUNIT_REFUSED')
      return { data: JSON.parse(JSON.stringify({ assets: next(given.graphql) })) as Data, isPartial }
    },
    get: read,
    post: read,
  }
}

/** The reasons of a run that cannot read the list itself; any other reason is a bug. */
const isRefusal = (error: unknown) => {
  if (error instanceof StandinError && ['TRACKUNIT_UNAVAILABLE', 'TRACKUNIT_REFUSED'].includes(error.reason))
    return undefined
  throw error
}

describe('whatever Trackunit answers', () => {
  type Play = (stage: ReturnType<typeof createReferenceStage>) => Promise<Played>
  test.each<[string, Play]>([
    ['fleet snapshot', (stage) => stage.play(fleetSnapshot, { checksTranslations: false })],
    ['attention list', (stage) => stage.play(attentionList, { checksTranslations: false })],
  ])('%s comes to its end, with each machine once', async (_, play) => {
    let ended = 0
    await fc.assert(
      fc.asyncProperty(answers, async (given) => {
        const stage = createReferenceStage({ client: clientOf(given) })
        for (const _ of ['first', 'second']) {
          const played = await play(stage).catch(isRefusal)
          if (!played) return
          ended++
          const machines = played.rows.map(({ machine }) => machine?.id)
          expect(new Set(machines).size).toBe(machines.length)
          expect(played.headline).not.toBe('')
        }
      }),
      { numRuns: 150 },
    )
    expect(ended).toBeGreaterThan(100)
  })

  test('clear stale events dismisses each event once, and counts what it listed', async () => {
    await fc.assert(
      fc.asyncProperty(answers, async (given) => {
        const stage = createReferenceStage({ client: clientOf(given), now: new Date('2026-11-24T08:00:00Z') })
        const preview = await stage
          .play(clearStaleEvents, { mode: 'preview', checksTranslations: false })
          .catch(isRefusal)
        if (!preview) return
        const played = await stage.play(clearStaleEvents, { preview, checksTranslations: false })
        expect(preview.headline).toMatch(
          preview.rows.length === 0 ? /^No open events/ : RegExp(`^${preview.rows.length} events? would`),
        )
        expect(played.rows.map(({ id }) => id)).toEqual(preview.rows.map(({ id }) => id))
      }),
      { numRuns: 150 },
    )
  })

  test('utilisation reports nothing for nonsensical counters', async () => {
    await fc.assert(
      fc.asyncProperty(answers, async (given) => {
        const stage = createReferenceStage({ client: clientOf(given) })
        for (let day = 0; day < 10; day++) {
          await stage.play(fleetSnapshot, { checksTranslations: false }).catch(isRefusal)
          stage.pass(86_400_000)
        }
        const { rows } = await stage.play(utilisation, { checksTranslations: false })
        for (const { cells } of rows) expect(Number(cells.hours)).toBeLessThanOrEqual(Number(cells.machines) * 7 * 24.5)
      }),
      { numRuns: 25 },
    )
  })
})
