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
  /** Ids of machines whose node is null, with an error. */
  vanished: ReadonlySet<string>
  /** The list of events ignores its filters. */
  ignoresEventFilters?: boolean
  /** A machine's id: the page after it repeats its own cursor as the next one. */
  breaksOffAfter?: string | undefined
  /** What happens to the nth request: it is rate-limited for this long, or its worker dies before or after Trackunit acts on it. */
  onRequest: (nth: number, path: string) => 'answer' | 'die' | { limitedForMs: number } | { dieAfter: true }
}

/** Simulates the end of the worker's process. */
export class Death extends Error {}

const refused = () => new StandinError('TRACKUNIT_REFUSED')
const refuse = async () => {
  throw refused()
}

/** The requests that a test's own Trackunit answers; it refuses the other methods. */
export type PlayedRequests = Pick<TrackunitRequests, 'graphql' | 'get' | 'post'> & Partial<TrackunitRequests>

export const unanswered = { put: refuse, patch: refuse, delete: refuse } satisfies Partial<TrackunitRequests>

/** The account's data, and what Trackunit remembers of earlier requests. */
interface Played {
  world: SimulatedTrackunit
  now: () => number
  requests: string[]
  /** When each page of the AEMP snapshot was last read. */
  aempReads: Map<number, number>
  eventRequestsAt: number[]
}

/** As strict as Trackunit's documentation where an action could go wrong: page sizes, two requests for events in half an hour. */
export function createTrackunitInMemory(world: SimulatedTrackunit, { now }: { now: () => number }) {
  const played: Played = { world, now, requests: [], aempReads: new Map(), eventRequestsAt: [] }
  const client: PlayedRequests = {
    async graphql<Data>(document: string, variables: Record<string, unknown> = {}) {
      const isDismissal = document.includes('eventDismiss')
      const data = await answer<Data>(played, isDismissal ? 'eventDismiss' : 'assets', () => {
        if (world.plan === 'basic') throw refused()
        if (isDismissal) return dismissEvent(world, Object.values(variables)) // However the document names it.
        const hasGroups = document.includes('groups(')
        if (hasGroups && !world.hasGroups) throw refused()
        return listAssets(world, variables as unknown as AssetPage, { hasGroups })
      })
      return { data, isPartial: world.isPartial || world.vanished.size > 0 }
    },
    get: (path, query) => answer(played, path, () => read(played, path, query)),
    post: (path, body, query) =>
      answer(played, path, () => searchEvents(played, { wanted: body as Record<string, string[]>, path, query })),
  }
  return { client, requests: played.requests }
}

/** Counts a request, lets the test decide what becomes of it, and answers with a copy, as over a network. */
async function answer<Data>({ world, requests }: Played, path: string, dataOf: () => unknown): Promise<Data> {
  requests.push(path)
  const fate = world.onRequest(requests.length, path)
  if (fate === 'die') throw new Death()
  if (typeof fate === 'object' && 'limitedForMs' in fate)
    throw new StandinError('TRACKUNIT_RATE_LIMITED', { retryAfterMs: fate.limitedForMs })
  const data = dataOf()
  if (typeof fate === 'object') throw new Death()
  return JSON.parse(JSON.stringify(data)) as Data
}

type Query = Record<string, string | number>

function read(played: Played, path: string, query: Query | undefined): unknown {
  const { world } = played
  if (path === '/api/asset/v2/assets') return pageOf(world.machines, query)
  const [, aempPage] = /^\/public\/api\/aemp\/v2\/15143\/-3\/Fleet\/(\d+)$/.exec(path) ?? []
  if (aempPage !== undefined && world.hasAemp) return aempSnapshot(played, Number(aempPage))
  if (path.includes('data-health') && world.hasDataHealth) return pageOf(world.issues, query)
  if (path.includes('service-status/OVERDUE') && world.hasServices) {
    const overdue = world.overdue.map((assetId) => ({ assetId }))
    return pageOf(overdue, query)
  }
  throw refused()
}

interface AssetPage {
  first: number
  after: string | null
}

function listAssets(world: SimulatedTrackunit, { first, after }: AssetPage, { hasGroups }: { hasGroups: boolean }) {
  if (first > 100) throw new Error('more than is recommended')
  if (after !== null && after === world.breaksOffAfter)
    return { assets: { edges: [], pageInfo: { endCursor: after, hasNextPage: true } } }
  const from = after === null ? 0 : world.machines.findIndex(({ id }) => id === after) + 1
  const page = world.machines.slice(from, from + first)
  const edges = page.map((machine, nth) => {
    const lacksInsights = world.isPartial && (from + nth) % 10 === 0
    return { node: world.vanished.has(machine.id) ? null : nodeOf(machine, { lacksInsights, hasGroups }) }
  })
  const hasNextPage = from + first < world.machines.length
  return { assets: { edges, pageInfo: { endCursor: page.at(-1)?.id ?? null, hasNextPage } } }
}

function nodeOf(machine: SimulatedMachine, asked: { lacksInsights: boolean; hasGroups: boolean }) {
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

function dismissEvent(world: SimulatedTrackunit, given: readonly unknown[]) {
  const event = world.events.find(({ id }) => given.includes(id))
  if (event) event.status = 'DISMISSED'
  return { eventDismiss: { success: event !== undefined } }
}

function aempSnapshot({ world, now, aempReads }: Played, page: number) {
  const last = aempReads.get(page) ?? Number.NEGATIVE_INFINITY
  if (now() - last < 15 * 60_000) throw new Error(`page ${page} of the AEMP snapshot was read twice`)
  aempReads.set(page, now())
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

interface EventSearch {
  wanted: Record<string, string | string[]>
  path: string
  query: Query | undefined
}

function searchEvents(played: Played, { wanted, path, query }: EventSearch) {
  const { world, now } = played
  played.eventRequestsAt = played.eventRequestsAt.filter((at) => now() - at < 30 * 60_000)
  const [oldest] = played.eventRequestsAt
  if (played.eventRequestsAt.length >= 2 && oldest !== undefined)
    throw new StandinError('TRACKUNIT_RATE_LIMITED', { retryAfterMs: oldest + 30 * 60_000 - now() })
  played.eventRequestsAt.push(now())
  const known = path.endsWith('/active') ? world.events.filter(({ status }) => status === 'OPEN') : world.events
  const found = known.filter((event) => world.ignoresEventFilters || matches(event, wanted))
  return pageOf(found, query)
}

function matches(event: SimulatedEvent, wanted: Record<string, string | string[]>): boolean {
  const { fromTime, toTime, type, criticality, status, assetIds } = wanted
  const fits = (values: string | string[] | undefined, value: string) => values === undefined || values.includes(value)
  return (
    (fromTime === undefined || event.time >= String(fromTime)) &&
    (toTime === undefined || event.time < String(toTime)) &&
    fits(type, event.type) &&
    fits(criticality, event.criticality) &&
    fits(status, event.status) &&
    fits(assetIds, event.assetId)
  )
}

function pageOf(items: readonly unknown[], { page, size }: Query = {}) {
  if (Number(size) > 1_000) throw new Error('a page has at most 1,000')
  const content = items.slice(Number(page) * Number(size), (Number(page) + 1) * Number(size))
  return { content, totalElements: items.length, totalPages: Math.ceil(items.length / Number(size)) }
}
