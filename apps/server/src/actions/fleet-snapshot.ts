import {
  createCsvArtifact,
  createXlsxArtifact,
  defineAction,
  type KnownMachine,
  type Message,
  machineFilterInput,
  matchesFilter,
  together,
} from 'standin'
import {
  type Counts,
  countIn,
  gapsOfList,
  type Listing,
  lacksOfList,
  listingSchema,
  listMachines,
  machineOfRow,
  newListing,
  partOfList,
  placeOf,
  readCounters,
  readIfPossible,
  topBars,
  typeName,
} from 'standin/fleet'
import { z } from 'zod'
import { type Move, moveInWords, moveOfMachine } from './snapshot/move-of-machine.ts'
import { snapshotMessages } from './snapshot/snapshot-messages.ts'

const { say, catalogue } = snapshotMessages

const columns = [
  { key: 'name', title: say('name'), kind: 'text' },
  { key: 'brand', title: say('brand'), kind: 'text', filterable: true },
  { key: 'model', title: say('model'), kind: 'text' },
  { key: 'serialNumber', title: say('serialNumber'), kind: 'text' },
  { key: 'site', title: say('site'), kind: 'text', filterable: true },
  { key: 'since', title: say('sinceLastTime'), kind: 'text', under: 'site' },
  { key: 'type', title: say('type'), kind: 'text', filterable: true, under: 'site' },
  { key: 'operatingHours', title: say('hours'), kind: 'hours' },
  { key: 'idleHours', title: say('idleHours'), kind: 'hours' },
  { key: 'lastSeenAt', title: say('lastSeen'), kind: 'moment' },
  { key: 'fuelPercent', title: say('fuel'), kind: 'percent' },
  { key: 'batteryPercent', title: say('battery'), kind: 'percent' },
  { key: 'change', title: say('change'), kind: 'text', filterable: true },
  { key: 'place', title: say('position'), kind: 'place', namedBy: 'site' },
  { key: 'address', title: say('address'), kind: 'text' },
  { key: 'groups', title: say('groups'), kind: 'text' },
  { key: 'machineId', title: say('trackunitId'), kind: 'text' },
] as const

export const fleetSnapshot = defineAction({
  id: 'fleet-snapshot',
  title: 'Fleet snapshot',
  description:
    'Every machine with hours, idle hours, fuel, battery, position and site, as a spreadsheet. Also shows which machines arrived at or left a site since last time.',
  input: z.object({
    machines: machineFilterInput,
    chartBy: z.enum(['type', 'brand', 'site']).default('type').meta({ title: 'Chart by' }),
    idleHours: z.boolean().default(true).meta({
      title: 'Read idle hours',
      description: 'Trackunit lets us read them once every 15 minutes.',
    }),
  }),
  scopes: ['asset.view'],
  changesData: false,
  steps: () => [say('listMachines'), say('readIdleHours'), say('compare'), say('makeFiles')],
  messages: catalogue,
  limits: { aempReadsPerRun: ({ input, hasGraphql }) => (input.idleHours || !hasGraphql ? 1 : 0) },

  state: z.object({
    listing: listingSchema.default(newListing),
    /** The page of the AEMP snapshot that comes next, and how often it was not answered. */
    snapshotPage: z.number().default(1),
    failures: z.number().default(0),
  }),

  async run(context) {
    const { input, machines, state, save, durable, result, headline, log, step } = context

    await durable('list', async () => {
      await step(say('listMachines'), async () => {
        const listing = await listMachines(context, { listing: state.listing, keep: (listing) => save({ listing }) })
        await save({ listing })
      })
      for (const lack of lacksOfList(state.listing)) await log(lack)
    })
    const { listing } = state
    const reading = await durable('idle hours', async () => {
      const from = { fromPage: state.snapshotPage, machinesSeen: listing.done }
      const read = () => readCounters(context, { ...from, keep: (snapshotPage) => save({ snapshotPage }) })
      const failing = { failures: state.failures, failed: (failures: number) => save({ failures }) }
      const isWanted = input.idleHours || listing.source === 'rest'
      const reading = isWanted ? await step(say('readIdleHours'), () => readIfPossible(read, failing)) : 'not wanted'
      if (reading === 'refused') await log(say('idleHoursRefused'))
      if (reading === 'no answer') await log(say('idleHoursUnanswered'))
      await machines.keepReadings()
      return reading
    })
    const at = { listing, hasIdleHours: reading === 'read' }

    await durable('compare', () =>
      step(say('compare'), async () => {
        await result.columns(columns)
        // The short list has no sites, so moves are unknown.
        const comparesPlaces = at.listing.source !== 'rest' && (await machines.hasReported())
        const totals = newTotals()
        const tell = async (isTold: (move: Move | undefined) => boolean, count?: typeof add) => {
          for await (const page of machines.list({ seenInThisRun: true })) {
            const rows = page.flatMap((machine) => {
              const move = comparesPlaces ? moveOfMachine(machine) : undefined
              if (!isWanted(machine, { move, filter: input.machines })) return []
              count?.(totals, machine, move)
              return isTold(move) ? [toRow(machine, { move, change: move?.kind ?? null })] : []
            })
            await result.rows(rows)
          }
        }
        // Changes come first: in a large fleet the rest is seldom read.
        await tell((move) => !comparesPlaces || move !== undefined, add)
        let gone = 0
        if (comparesPlaces && !at.listing.isCut) {
          for await (const page of machines.gone(input.machines)) {
            await result.rows(page.map((machine) => toRow(machine, { move: undefined, change: 'Gone' })))
            gone += page.length
          }
        }
        if (comparesPlaces) await tell((move) => move === undefined)

        const bars = topBars(totals.by[input.chartBy])
        if (bars)
          await result.chart({
            kind: 'bars',
            title: say(chartTitles[input.chartBy]),
            unit: 'number',
            note: null,
            bars,
            column: input.chartBy,
          })
        await result.detail(together(lacks(at)))
        const gaps = [...gapsOfList(at.listing), ...(at.hasIdleHours ? [] : [say('idleHoursNotRead')])]
        if (gaps.length > 0) await context.incomplete(together(gaps))
        const { machines: count, sites } = totals
        if (count > 0)
          await result.figure({ value: count, unit: 'number', words: say('figure', { count, sites: sites.size }) })
        await headline(sentence(totals, { gone, comparesPlaces }))
      }),
    )
    await step(say('makeFiles'), async () => {
      await durable('csv', () => createCsvArtifact(context, { name: 'fleet-snapshot.csv' }))
      await durable('xlsx', () => createXlsxArtifact(context, { name: 'fleet-snapshot.xlsx' }))
    })
    if (at.listing.source !== 'rest' && !at.listing.isCut) await machines.markReported()
    await context.progress({ done: at.listing.done, total: at.listing.done, message: say('machinesListed') })
  },

  /** Lists the machines that were read. Does not say what moved: the missing ones may be anywhere. */
  async leavePart(context) {
    const { input, machines, state, result, isDone } = context
    if (state.listing.done === 0 || isDone('compare')) return
    await result.columns(columns)
    for await (const page of machines.list({ filter: input.machines, seenInThisRun: true }))
      await result.rows(page.map((machine) => toRow(machine, { move: undefined, change: null })))
    const note = partOfList(state.listing)
    const lacksHours = isDone('list') && !isDone('idle hours') && input.idleHours
    await result.detail(lacksHours ? together([note, say('idleHoursMissing')]) : note)
    await createCsvArtifact(context, { name: 'fleet-snapshot-part.csv', note })
  },
})

/** Includes a machine that has left one of the chosen sites. */
function isWanted(
  machine: KnownMachine,
  { move, filter }: { move: Move | undefined; filter: z.infer<typeof machineFilterInput> },
): boolean {
  if (matchesFilter(machine, filter)) return true
  return (
    move !== undefined &&
    move.kind !== 'New' &&
    matchesFilter({ ...machine, site: machine.reportedSite ?? null }, filter)
  )
}

const chartTitles = { type: 'machinesByType', brand: 'machinesByBrand', site: 'machinesBySite' } as const
const changeKeys = { New: 'new', Arrived: 'arrived', Left: 'left', Gone: 'gone' } as const

interface Totals {
  machines: number
  arrived: number
  left: number
  isNew: number
  sites: Set<string>
  by: Record<'type' | 'brand' | 'site', Counts>
}
const newTotals = (): Totals => ({
  machines: 0,
  arrived: 0,
  left: 0,
  isNew: 0,
  sites: new Set<string>(),
  by: { type: new Map(), brand: new Map(), site: new Map() },
})

function add(totals: Totals, { type, brand, site, reportedSite }: KnownMachine, move: Move | undefined): void {
  totals.machines++
  countIn(totals.by.type, typeName(type))
  countIn(totals.by.brand, brand ?? say('noBrand'))
  countIn(totals.by.site, site?.name ?? say('noSite'))
  if (site) totals.sites.add(site.id)
  if (move?.kind === 'New') totals.isNew++
  if (move?.kind === 'Arrived') totals.arrived++
  if (move && move.kind !== 'New' && reportedSite) totals.left++
}

function toRow(
  machine: KnownMachine,
  { move, change }: { move: Move | undefined; change: Move['kind'] | 'Gone' | null },
) {
  const { id, name, brand, model, serialNumber, type, site, lastSeenAt, operatingHours, idleHours } = machine
  const { fuelPercent, batteryPercent, address, groups } = machine
  return {
    id,
    machine: machineOfRow(machine),
    cells: {
      name,
      brand,
      model,
      serialNumber,
      operatingHours,
      idleHours,
      fuelPercent,
      batteryPercent,
      address,
      type: type && typeName(type),
      site: site?.name ?? null,
      since: change === 'Gone' ? say('goneFromAccount') : moveInWords(move),
      change: change && say(changeKeys[change]),
      lastSeenAt: lastSeenAt?.toISOString() ?? null,
      place: placeOf(machine),
      groups: groups.map((group) => group.name).join(', ') || null,
      machineId: id,
    },
  }
}

function sentence(
  { machines, sites, arrived, left, isNew }: Totals,
  { gone, comparesPlaces }: { gone: number; comparesPlaces: boolean },
): Message {
  if (machines === 0 && gone === 0) return say('noMachines')
  const listed = sites.size > 0 ? say('listedOnSites', { machines, sites: sites.size }) : say('listed', { machines })
  if (!comparesPlaces) return listed
  const changes = [
    ...(arrived > 0 ? [say('arrivals', { count: arrived })] : []),
    ...(left > 0 ? [say('departures', { count: left })] : []),
    ...(isNew > 0 ? [say('newMachines', { count: isNew })] : []),
    ...(gone > 0 ? [say('goneMachines', { count: gone })] : []),
  ]
  return together([listed, ...(changes.length > 0 ? changes : [say('noneMoved')])])
}

function lacks({ listing, hasIdleHours }: { listing: Listing; hasIdleHours: boolean }) {
  return [...lacksOfList(listing), ...(hasIdleHours ? [] : [say('idleHoursNotRead')])]
}
