import { GraphQLError, GraphQLScalarType } from 'graphql'
import type { Fleet } from '../../fleet/fleets.ts'
import { type Machine, machineAt } from '../../fleet/machine.ts'
import type { Site } from '../../fleet/site.ts'
import { connection, type Page, type Places } from './connection.ts'
import type { Spending } from './points-budget.ts'

export type GraphqlContext = {
  fleet: Fleet
  now: number
  spending: Spending
  /** Some fields fail, the others are returned. */
  partialData: boolean
  /** Some assets of a page were deleted while it was made. */
  hasVanished: boolean
  dismissEvent(eventId: string): Promise<boolean>
}

type AssetFilters = {
  assetIds?: string[] | null
  siteIds?: string[] | null
  assetTypes?: string[] | null
  brands?: string[] | null
}

export const resolvers = {
  DateTime: new GraphQLScalarType<Date, string>({
    name: 'DateTime',
    serialize: (value) => (value instanceof Date ? value.toISOString() : String(value)),
  }),

  Query: {
    assets: (_: unknown, args: Page & { filters?: AssetFilters | null }, { fleet }: GraphqlContext) =>
      connection(args.filters ? [...filtered(fleet, args.filters)] : placesOf(fleet), args),
    sites: (_: unknown, page: Page, { fleet }: GraphqlContext) => connection(fleet.sites, page),
    rateLimit: (_: unknown, __: unknown, { spending }: GraphqlContext) => {
      spending.tell()
      return { cost: spending.cost, remaining: spending.remaining, resetIn: spending.resetInMs }
    },
  },

  Mutation: {
    eventDismiss: async (_: unknown, { eventId }: { eventId: string }, context: GraphqlContext) => ({
      success: await context.dismissEvent(eventId),
    }),
  },

  AssetEdge: {
    node: ({ node }: { node: Machine }, _: unknown, { hasVanished }: GraphqlContext) => {
      if (!hasVanished || !node.name.endsWith('5')) return node
      throw new GraphQLError('The asset does not exist.', { extensions: { code: 'NOT_FOUND' } })
    },
  },

  Asset: {
    lastSeen: (machine: Machine, _: unknown, { now }: GraphqlContext) => machineAt(machine, now).lastSeen,
    status: (machine: Machine, _: unknown, { now }: GraphqlContext) => ({
      activity: machineAt(machine, now).activity,
      criticality: machine.criticality,
    }),
    insights: (machine: Machine, _: unknown, { now, partialData }: GraphqlContext) => {
      if (partialData && machine.name.endsWith('0')) {
        throw new GraphQLError('Insights are not available.', { extensions: { code: 'SERVICE_UNAVAILABLE' } })
      }
      return {
        fuelLevel: machineAt(machine, now).fuelLevel,
        batteryStateOfChargePercent: machine.batteryStateOfChargePercent,
        cumulativeOperatingHours: machineAt(machine, now).operatingHours,
      }
    },
    locations: (machine: Machine, _: unknown, { now }: GraphqlContext) => ({ latest: locationOf(machine, now) }),
    sites: (machine: Machine, page: Page) => connection(machine.site ? [machine.site] : [], page),
    groups: (machine: Machine, page: Page) => connection(machine.group ? [machine.group] : [], page),
  },

  Site: {
    city: (site: Site) => site.place.city,
    country: (site: Site) => site.place.country,
  },
}

const placesOf = (fleet: Fleet): Places<Machine> => ({ length: fleet.size, at: fleet.machine })

function* filtered(fleet: Fleet, { assetIds, siteIds, assetTypes, brands }: AssetFilters): Generator<Machine> {
  for (const machine of fleet.machines()) {
    if (assetIds && !assetIds.includes(machine.id)) continue
    if (siteIds && !siteIds.includes(machine.site?.id ?? '')) continue
    if (assetTypes && !assetTypes.includes(machine.assetType)) continue
    if (brands && !brands.includes(machine.brand)) continue
    yield machine
  }
}

function locationOf(machine: Machine, now: number) {
  const { lastSeen } = machineAt(machine, now)
  if (!lastSeen) return null
  const { coordinates, streetAddress, city, country } = machine
  return {
    geometry: { type: 'Point', coordinates },
    properties: { address: { streetAddress, city, country }, updatedAt: lastSeen },
  }
}
