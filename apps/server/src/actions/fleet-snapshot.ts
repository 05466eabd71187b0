import {
  createCsvArtifact,
  createXlsxArtifact,
  defineAction,
  type KnownMachine,
  machineFilterInput,
  matchesFilter,
} from 'standin'
import { z } from 'zod'
import { readCounters } from './machines/counters-snapshot.ts'
import {
  type Listing,
  lacksOfList,
  listingSchema,
  listMachines,
  newListing,
  partOfList,
} from './machines/list-machines.ts'
import { readIfPossible } from './machines/read-if-possible.ts'
import { countIn, topBars } from './machines/top-bars.ts'
import { machineOfRow, placeOf, plural, typeName } from './machines/words.ts'
import { danishOfSnapshot } from './snapshot/danish-of-snapshot.ts'
import { type Move, moveInWords, moveOfMachine } from './snapshot/move-of-machine.ts'

const columns = [
  { key: 'name', title: 'Name', kind: 'text' },
  { key: 'brand', title: 'Brand', kind: 'text', filterable: true },
  { key: 'model', title: 'Model', kind: 'text' },
  { key: 'serialNumber', title: 'Serial number', kind: 'text' },
  { key: 'site', title: 'Site', kind: 'text', filterable: true },
  { key: 'since', title: 'Since last time', kind: 'text' },
  { key: 'type', title: 'Type', kind: 'text', filterable: true },
  { key: 'operatingHours', title: 'Hours', kind: 'hours' },
  { key: 'idleHours', title: 'Idle hours', kind: 'hours' },
  { key: 'lastSeenAt', title: 'Last seen', kind: 'moment' },
  { key: 'fuelPercent', title: 'Fuel', kind: 'percent' },
  { key: 'batteryPercent', title: 'Battery', kind: 'percent' },
  { key: 'change', title: 'Change', kind: 'text', filterable: true },
  { key: 'place', title: 'Position', kind: 'place', namedBy: 'site' },
  { key: 'address', title: 'Address', kind: 'text' },
  { key: 'groups', title: 'Groups', kind: 'text' },
  { key: 'machineId', title: 'Trackunit id', kind: 'text' },
] as const

/** Where it is: kept at every page, so that another worker goes on where this one stopped. */
const checkpointSchema = z.object({
  phase: z.enum(['list', 'counters', 'write', 'files', 'end']),
  listing: listingSchema,
  /** The page of the AEMP snapshot that comes next. */
  page: z.number(),
  hasIdleHours: z.boolean(),
  /** How often the snapshot was not answered. */
  failures: z.number().default(0),
})

export const fleetSnapshot = defineAction({
  id: 'fleet-snapshot',
  title: 'Fleet snapshot',
  description:
    'Every machine with hours, idle hours, fuel, battery, place and site, as a spreadsheet. Also what came to a site or left it since last time.',
  input: z.object({
    machines: machineFilterInput,
    chartBy: z.enum(['type', 'brand', 'site']).default('type').meta({ title: 'Draw the totals by' }),
    idleHours: z.boolean().default(true).meta({
      title: 'Read idle hours',
      description: 'From the AEMP snapshot, which Trackunit lets us read once in 15 minutes.',
    }),
  }),
  scopes: ['asset.view'],
  changesData: false,
  texts: { da: danishOfSnapshot },
  limits: { aempReadsPerRun: ({ input, hasGraphql }) => (input.idleHours || !hasGraphql ? 1 : 0) },

  async run(context) {
    const { input, machines, resumedFrom, result, checkpoint, headline, log, step } = context
    let at = resumedFrom
      ? checkpointSchema.parse(resumedFrom)
      : { phase: 'list' as const, listing: newListing(), page: 1, hasIdleHours: true, failures: 0 }
    const goOn = async (change: Partial<z.infer<typeof checkpointSchema>>) => {
      at = { ...at, ...change }
      await checkpoint(at)
    }

    if (at.phase === 'list') {
      await step('List machines', async () => {
        const listing = await listMachines(context, { listing: at.listing, keep: (listing) => goOn({ listing }) })
        await goOn({ listing, phase: 'counters' })
      })
      for (const lack of lacksOfList(at.listing)) await log(lack)
    }
    if (at.phase === 'counters') {
      const read = () =>
        readCounters(context, { fromPage: at.page, machinesSeen: at.listing.done, keep: (page) => goOn({ page }) })
      const isWanted = input.idleHours || at.listing.source === 'rest'
      const reading = isWanted
        ? await step('Read idle hours', () =>
            readIfPossible(read, { failures: at.failures, failed: (failures) => goOn({ failures }) }),
          )
        : 'not wanted'
      if (reading === 'refused') await log('Idle hours are left out: Trackunit does not let us read them.')
      if (reading === 'no answer') await log('Idle hours are left out: Trackunit did not answer.')
      await machines.keepReadings()
      await goOn({ phase: 'write', hasIdleHours: reading === 'read' })
    }
    if (at.phase === 'write') {
      await step('Compare with last time', async () => {
        await result.columns(columns)
        // The short list knows no sites: nothing can be said of what moved.
        const comparesPlaces = at.listing.source !== 'rest' && (await machines.hasTold())
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
        // What changed comes first: of a large fleet nobody reads on to the others.
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
          await result.chart({ kind: 'bars', title: `Machines by ${input.chartBy}`, unit: 'number', bars, note: null })
        await result.detail(lacks(at).join(' '))
        await headline(sentence(totals, { gone, comparesPlaces }))
        await goOn({ phase: 'files' })
      })
    }
    if (at.phase === 'files') {
      await step('Make the files', async () => {
        await createCsvArtifact(context, { name: 'fleet-snapshot.csv' })
        await checkpoint(at)
        await createXlsxArtifact(context, { name: 'fleet-snapshot.xlsx' })
        await goOn({ phase: 'end' })
      })
    }
    if (at.listing.source !== 'rest' && !at.listing.isCut) await machines.told()
    await context.progress({ done: at.listing.done, total: at.listing.done, message: 'machines listed' })
  },

  /** The machines that were read. What has moved is not said: those that are missing may be anywhere. */
  async leavePart(context) {
    const { input, machines, resumedFrom, result } = context
    const { data: at } = checkpointSchema.safeParse(resumedFrom)
    if (!at || at.listing.done === 0 || at.phase === 'files' || at.phase === 'end') return
    await result.columns(columns)
    for await (const page of machines.list({ filter: input.machines, seenInThisRun: true }))
      await result.rows(page.map((machine) => toRow(machine, { move: undefined, change: null })))
    const note = partOfList(at.listing)
    const lacksHours = at.phase === 'counters' && input.idleHours
    await result.detail(lacksHours ? `${note} Idle hours are missing.` : note)
    await createCsvArtifact(context, { name: 'fleet-snapshot-part.csv', note })
  },
})

/** A machine that has left a wanted site is told of, too. */
function isWanted(
  machine: KnownMachine,
  { move, filter }: { move: Move | undefined; filter: z.infer<typeof machineFilterInput> },
): boolean {
  if (matchesFilter(machine, filter)) return true
  return (
    move !== undefined && move.kind !== 'New' && matchesFilter({ ...machine, site: machine.toldSite ?? null }, filter)
  )
}

interface Totals {
  machines: number
  arrived: number
  left: number
  isNew: number
  sites: Set<string>
  by: Record<'type' | 'brand' | 'site', Map<string, number>>
}
const newTotals = (): Totals => ({
  ...{ machines: 0, arrived: 0, left: 0, isNew: 0, sites: new Set<string>() },
  by: { type: new Map(), brand: new Map(), site: new Map() },
})

function add(totals: Totals, { type, brand, site, toldSite }: KnownMachine, move: Move | undefined): void {
  totals.machines++
  countIn(totals.by.type, typeName(type))
  countIn(totals.by.brand, brand ?? 'No brand')
  countIn(totals.by.site, site?.name ?? 'No site')
  if (site) totals.sites.add(site.id)
  if (move?.kind === 'New') totals.isNew++
  if (move?.kind === 'Arrived') totals.arrived++
  if (move && move.kind !== 'New' && toldSite) totals.left++
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
      ...{ name, brand, model, serialNumber, operatingHours, idleHours, fuelPercent, batteryPercent, address },
      type: type && typeName(type),
      site: site?.name ?? null,
      since: change === 'Gone' ? 'Gone from the account' : moveInWords(move),
      change,
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
): string {
  if (machines === 0 && gone === 0) return 'There are no machines to list.'
  // Without sites, or where none can be read, none is spoken of.
  const places = sites.size > 0 ? ` on ${plural(sites.size, 'site', 'sites')}` : ''
  const listed = `${plural(machines, 'machine', 'machines')} listed${places}.`
  if (!comparesPlaces) return listed
  const changes = [
    ...(arrived > 0 ? [`${plural(arrived, 'arrival', 'arrivals')} at a site`] : []),
    ...(left > 0 ? [`${plural(left, 'departure', 'departures')} from one`] : []),
    ...(isNew > 0 ? [`${plural(isNew, 'new machine', 'new machines')}`] : []),
    ...(gone > 0 ? [`${plural(gone, 'machine', 'machines')} gone`] : []),
  ]
  return changes.length > 0
    ? `${listed} Since last time: ${changes.join(', ')}.`
    : `${listed} None moved since last time.`
}

function lacks({ listing, hasIdleHours }: { listing: Listing; hasIdleHours: boolean }): string[] {
  return [...lacksOfList(listing), ...(hasIdleHours ? [] : ['Idle hours were not read.'])]
}
