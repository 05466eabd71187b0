import type { Fleet } from './fleets.ts'
import { createRandom } from './random.ts'

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
  type: (typeof eventTypes)[number]
  criticality: (typeof eventCriticalities)[number]
  status: (typeof eventStates)[number]
  time: string
}

const dayMs = 24 * 3_600_000
const oldestDays = 180
const eventsPerMachine = 2.4

type AssetEventDependencies = {
  fleetOf: (accountId: string) => Fleet
  dismissedIn: (accountId: string) => readonly string[]
  now: () => number
}

type Made = { fleet: Fleet; today: number; events: AssetEvent[]; ids: Set<string> }

/** What happened to a fleet in the last half year, newest first. The same all day, but for what was dismissed. */
export function createAssetEvents({ fleetOf, dismissedIn, now }: AssetEventDependencies) {
  const madeFor = new Map<string, Made>()

  function made(accountId: string): Made {
    const fleet = fleetOf(accountId)
    const today = now() - (now() % dayMs)
    const known = madeFor.get(accountId)
    if (known?.fleet === fleet && known.today === today) return known

    const events = eventsUntil(today, fleet)
    const fresh = { fleet, today, events, ids: new Set(events.map(({ id }) => id)) }
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

function eventsUntil(today: number, fleet: Fleet): AssetEvent[] {
  const events: AssetEvent[] = []
  for (let index = 0; index < Math.round(fleet.size * eventsPerMachine); index++) {
    const random = createRandom(`${fleet.key}:event:${index}`)
    const machine = fleet.machine(random.whole(0, fleet.size - 1))
    if (!machine) continue

    const ageMs = random.next() ** 2 * oldestDays * dayMs
    events.push({
      id: random.uuid(),
      assetId: machine.id,
      siteId: machine.site?.id ?? null,
      type: random.pick(eventTypes),
      criticality: random.pick(['CRITICAL', 'LOW', 'LOW', 'NONE'] as const),
      status: random.pick(['OPEN', 'OPEN', 'RESOLVED', 'CLOSED'] as const),
      time: new Date(today - ageMs).toISOString(),
    })
  }
  return events.sort((left, right) => right.time.localeCompare(left.time))
}
