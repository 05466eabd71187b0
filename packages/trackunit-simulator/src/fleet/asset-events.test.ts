import { expect, test } from 'vitest'
import { createAssetEvents } from './asset-events.ts'
import { createFleets } from './fleets.ts'

const dayMs = 24 * 3_600_000

function eventsAt(start: number) {
  const clock = { now: start }
  const fleets = createFleets({ seed: 'a', sizeOf: () => 500, now: () => clock.now })
  const dismissed: string[] = []
  const events = createAssetEvents({ fleetOf: fleets.of, dismissedIn: () => dismissed, now: () => clock.now })
  return {
    clock,
    dismissed,
    of: () => events.of('an account'),
    exists: (id: string) => events.exists('an account', id),
  }
}

test('an event keeps its id and time as the clock moves; new ones arrive, and some are closed', () => {
  const world = eventsAt(Date.UTC(2026, 10, 24))
  const before = world.of()
  world.clock.now += 20 * dayMs
  const after = new Map(world.of().map((event) => [event.id, event]))

  const young = before.filter(({ time }) => Date.parse(time) > Date.UTC(2026, 7, 1))
  for (const { id, time, assetId } of young) expect(after.get(id)).toMatchObject({ time, assetId })
  const closed = young.filter(({ id, status }) => status === 'OPEN' && after.get(id)?.status !== 'OPEN')
  const fresh = [...after.values()].filter(({ time }) => Date.parse(time) > Date.UTC(2026, 10, 24))
  expect(closed.length).toBeGreaterThan(10)
  expect(fresh.length).toBeGreaterThan(50)
})

test('some stay open until they are dismissed', () => {
  const world = eventsAt(Date.UTC(2026, 10, 24))
  const stale = world.of().filter(({ status, time }) => status === 'OPEN' && Date.parse(time) < Date.UTC(2026, 7, 24))
  expect(stale.length).toBeGreaterThan(100)

  world.dismissed.push(stale[0]?.id ?? '')
  expect(world.of().find(({ id }) => id === stale[0]?.id)?.status).toBe('DISMISSED')
  expect(world.exists(stale[0]?.id ?? '')).toBe(true)
  expect(world.exists('nobody knows')).toBe(false)
})
