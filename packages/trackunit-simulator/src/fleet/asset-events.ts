import type { Fleet } from './fleets.ts'
import type { Machine } from './machine.ts'
import { createRandom, type Random } from './random.ts'

/** [doc] The types, criticalities and states that the asset event API filters by. */
export const eventTypes = [
  'ALERT',
  'MACHINE_FAULT',
  'CLASSIC_SERVICE',
  'SERVICE_MANAGEMENT',
  'INSPECTION',
  'DAMAGE_REPORT',
  'PRE_CHECK',
] as const
export const eventCriticalities = ['CRITICAL', 'LOW', 'NONE'] as const
export const eventStates = ['OPEN', 'RESOLVED', 'DISMISSED', 'CLOSED'] as const

/** [seen] `id`, `assetId`, `status`; the other names follow the documented filters. */
export type AssetEvent = {
  id: string
  assetId: string
  siteId: string | null
  groupId: string | null
  type: (typeof eventTypes)[number]
  criticality: (typeof eventCriticalities)[number]
  status: (typeof eventStates)[number]
  time: string
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const oldestDays = 240
/** How far apart the events of one machine are, on average. */
const everyDays = 80
/** When the numbering of events starts, so that an event keeps its id and its time as the clock moves. */
const countedFrom = Date.UTC(2025, 0, 1)

type AssetEventDependencies = {
  fleetOf: (accountId: string) => Fleet
  dismissedIn: (accountId: string) => readonly string[]
  now: () => number
}

type Made = { fleet: Fleet; hour: number; events: AssetEvent[]; ids: Set<string> }

/** What happened to a fleet in the last months, newest first; new ones come with each hour. */
export function createAssetEvents({ fleetOf, dismissedIn, now }: AssetEventDependencies) {
  const madeFor = new Map<string, Made>()

  function made(accountId: string): Made {
    const fleet = fleetOf(accountId)
    const hour = now() - (now() % hourMs)
    const known = madeFor.get(accountId)
    if (known?.fleet === fleet && known.hour === hour) return known

    const events = eventsUntil(hour, fleet)
    const fresh = { fleet, hour, events, ids: new Set(events.map(({ id }) => id)) }
    madeFor.set(accountId, fresh)
    return fresh
  }

  return {
    of(accountId: string): AssetEvent[] {
      const dismissed = new Set(dismissedIn(accountId))
      return made(accountId).events.map((event) =>
        dismissed.has(event.id) ? { ...event, status: 'DISMISSED' as const } : event,
      )
    },

    exists: (accountId: string, eventId: string) => made(accountId).ids.has(eventId),
  }
}

function eventsUntil(until: number, fleet: Fleet): AssetEvent[] {
  const events: AssetEvent[] = []
  const first = Math.floor((until - oldestDays * dayMs - countedFrom) / (everyDays * dayMs))
  const last = Math.floor((until - countedFrom) / (everyDays * dayMs))
  let index = 0
  for (const machine of fleet.machines()) {
    for (let nth = Math.max(0, first); nth <= last; nth++) {
      const random = createRandom(`${fleet.key}:event:${index}:${nth}`)
      const time = countedFrom + Math.floor((nth + random.next()) * everyDays * dayMs)
      if (time > until || time < until - oldestDays * dayMs) continue
      events.push(eventOf(machine, { random, time, until }))
    }
    index++
  }
  return events.sort((left, right) => (left.time < right.time ? 1 : -1))
}

/** Half of them are closed within weeks; the others stay open until they are dismissed. */
function eventOf(
  machine: Machine,
  { random, time, until }: { random: Random; time: number; until: number },
): AssetEvent {
  const closesAfterMs = random.chance(0.5) ? random.between(0.1, 30) * dayMs : Number.POSITIVE_INFINITY
  const closed = random.pick(['RESOLVED', 'CLOSED'] as const)
  return {
    id: random.uuid(),
    assetId: machine.id,
    siteId: machine.site?.id ?? null,
    groupId: machine.group?.id ?? null,
    type: random.pick(eventTypes),
    criticality: random.pick(['CRITICAL', 'LOW', 'LOW', 'NONE'] as const),
    status: time + closesAfterMs <= until ? closed : 'OPEN',
    time: new Date(time).toISOString(),
  }
}
