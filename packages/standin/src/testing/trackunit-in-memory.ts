import { StandinError } from '../standin-error.ts'
import type { TrackunitRequests } from '../trackunit/trackunit-client.ts'

export interface SimulatedMachine {
  id: string
  name?: string | null
  brand?: string | null
  model?: string | null
  serialNumber?: string | null
  assetType?: string | null
  lastSeen?: string | null
  site?: { id: string; name: string } | null
  group?: { id: string; name: string }
  coordinates?: [number, number]
  hours?: number | null
  idleHours?: number | null
  fuelLevel?: number | null
  battery?: number | null
}

export interface SimulatedEvent {
  id: string
  assetId: string
  type: string
  criticality: string
  status: string
  time: string
}

/** What Trackunit knows and how it behaves; a test changes it between runs. */
export interface SimulatedTrackunit {
  machines: SimulatedMachine[]
  events: SimulatedEvent[]
  issues: object[]
  overdue: string[]
  plan: 'irisx' | 'basic'
  hasGroups: boolean
  hasDataHealth: boolean
  hasServices: boolean
  hasAemp: boolean
  /** Insights of every tenth machine fail. */
  isPartial: boolean
  /** Ids whose node is null, with an error. */
  vanished: ReadonlySet<string>
  /** The list of events gives all of them, whatever was asked for. */
  ignoresEventFilters?: boolean
  /** The machine after which the list of machines names its own place as the next. */
  breaksOffAfter?: string | undefined
  /** What becomes of the nth request: it is limited for so long, or its worker dies before the answer is kept. */
  onRequest: (nth: number, path: string) => 'answer' | 'die' | { limitedForMs: number } | { dieAfter: true }
}

/** Simulates the end of the worker's process. */
export class Death extends Error {}

const refused = () => new StandinError('TRACKUNIT_REFUSED')
const refuse = async () => {
  throw refused()
}

/** What a Trackunit that a test plays answers; it refuses the other methods. */
export type PlayedRequests = Pick<TrackunitRequests, 'graphql' | 'get' | 'post'> & Partial<TrackunitRequests>

export const unanswered = { put: refuse, patch: refuse, delete: refuse } satisfies Partial<TrackunitRequests>

/** As strict as the documents where an action could go wrong: page sizes, two requests for events in half an hour. */
export function createTrackunitInMemory(world: SimulatedTrackunit, { now }: { now: () => number }) {
  const requests: string[] = []
  const aempReads = new Map<string, number>()
  let eventRequestsAt: number[] = []

  async function answered<Data>(path: string, answer: () => unknown): Promise<Data> {
    requests.push(path)
    const fate = world.onRequest(requests.length, path)
    if (fate === 'die') throw new Death()
    if (typeof fate === 'object' && 'limitedForMs' in fate)
      throw new StandinError('TRACKUNIT_RATE_LIMITED', { retryAfterMs: fate.limitedForMs })
    const data = answer()
    if (typeof fate === 'object') throw new Death()
    return JSON.parse(JSON.stringify(data)) as Data
  }

  function assets({ first, after }: { first: number; after: string | null }, { hasGroups }: { hasGroups: boolean }) {
    if (first > 100) throw new Error('more than is recommended')
    if (after !== null && after === world.breaksOffAfter)
      return { assets: { edges: [], pageInfo: { endCursor: after, hasNextPage: true } } }
    const from = after === null ? 0 : world.machines.findIndex(({ id }) => id === after) + 1
    const page = world.machines.slice(from, from + first)
    return {
      assets: {
        edges: page.map((machine, nth) => ({
          node: nodeOf(machine, { lacksInsights: world.isPartial && (from + nth) % 10 === 0, hasGroups }),
        })),
        pageInfo: { endCursor: page.at(-1)?.id ?? null, hasNextPage: from + first < world.machines.length },
      },
    }
  }

  function nodeOf(machine: SimulatedMachine, asked: { lacksInsights: boolean; hasGroups: boolean }) {
    if (world.vanished.has(machine.id)) return null
    const { site, group, coordinates, hours, fuelLevel, battery, idleHours: _, ...node } = machine
    const edges = (named: object | null | undefined) => ({ edges: named ? [{ node: named }] : [] })
    return {
      ...node,
      insights: asked.lacksInsights
        ? null
        : { fuelLevel, batteryStateOfChargePercent: battery, cumulativeOperatingHours: hours },
      locations: {
        latest: coordinates ? { geometry: { coordinates }, properties: { address: { city: 'Køge' } } } : null,
      },
      sites: edges(site),
      ...(asked.hasGroups && { groups: edges(group) }),
    }
  }

  function aemp(page: number) {
    const last = aempReads.get(String(page)) ?? Number.NEGATIVE_INFINITY
    if (now() - last < 15 * 60_000) throw new Error(`page ${page} of the AEMP snapshot was read twice`)
    aempReads.set(String(page), now())
    const all = world.machines.filter(({ id }) => !world.vanished.has(id))
    return {
      Links: [{ rel: 'self', href: '' }, ...(page * 100 < all.length ? [{ rel: 'next', href: '' }] : [])],
      Equipment: all.slice((page - 1) * 100, page * 100).map((machine) => ({
        EquipmentHeader: { OEMName: machine.brand, EquipmentID: machine.name, SerialNumber: machine.serialNumber },
        ...(machine.lastSeen && {
          CumulativeIdleHours: { Hour: machine.idleHours, datetime: machine.lastSeen },
          CumulativeOperatingHours: { Hour: machine.hours, datetime: machine.lastSeen },
          FuelRemaining: { Percent: machine.fuelLevel, datetime: machine.lastSeen },
        }),
      })),
    }
  }

  function numbered(items: readonly unknown[], { page, size }: Record<string, string | number> = {}) {
    if (Number(size) > 1_000) throw new Error('a page has at most 1,000')
    const content = items.slice(Number(page) * Number(size), (Number(page) + 1) * Number(size))
    return { content, totalElements: items.length, totalPages: Math.ceil(items.length / Number(size)) }
  }

  function log(body: Record<string, string | string[]>, query: Record<string, string | number> = {}) {
    eventRequestsAt = eventRequestsAt.filter((at) => now() - at < 30 * 60_000)
    const [oldest] = eventRequestsAt
    if (eventRequestsAt.length >= 2 && oldest !== undefined)
      throw new StandinError('TRACKUNIT_RATE_LIMITED', { retryAfterMs: oldest + 30 * 60_000 - now() })
    eventRequestsAt.push(now())
    const { fromTime, toTime, type, criticality, status, assetIds } = body
    const fits = (wanted: string | string[] | undefined, value: string) =>
      wanted === undefined || wanted.includes(value)
    const found = world.events.filter(
      (event) =>
        world.ignoresEventFilters ||
        (event.time >= String(fromTime) &&
          event.time < String(toTime) &&
          fits(type, event.type) &&
          fits(criticality, event.criticality) &&
          fits(status, event.status) &&
          fits(assetIds, event.assetId)),
    )
    return numbered(found, query)
  }

  const client: PlayedRequests = {
    async graphql<Data>(document: string, variables: Record<string, unknown> = {}) {
      const isDismissal = document.includes('eventDismiss')
      const data = await answered<Data>(isDismissal ? 'eventDismiss' : 'assets', () => {
        if (world.plan === 'basic') throw refused()
        if (!isDismissal) {
          const hasGroups = document.includes('groups(')
          if (hasGroups && !world.hasGroups) throw refused()
          return assets(variables as Parameters<typeof assets>[0], { hasGroups })
        }
        const event = world.events.find(({ id }) => id === variables.eventId)
        if (event) event.status = 'DISMISSED'
        return { eventDismiss: { success: event !== undefined } }
      })
      return { data, isPartial: world.isPartial || world.vanished.size > 0 }
    },
    get: (path, query) =>
      answered(path, () => {
        if (path === '/api/asset/v2/assets') return numbered(world.machines, query)
        const [, page] = /^\/public\/api\/aemp\/v2\/15143\/-3\/Fleet\/(\d+)$/.exec(path) ?? []
        if (page !== undefined && world.hasAemp) return aemp(Number(page))
        if (path.includes('data-health') && world.hasDataHealth) return numbered(world.issues, query)
        if (path.includes('service-status/OVERDUE') && world.hasServices)
          return numbered(
            world.overdue.map((assetId) => ({ assetId })),
            query,
          )
        throw refused()
      }),
    post: (path, body, query) => answered(path, () => log(body as Record<string, string[]>, query)),
  }
  return { client, requests }
}
