import { z } from 'zod'
import type { RunContext } from '../actions/define-action.ts'
import type { SeenCounters } from '../machines/machine-register.ts'
import { StandinError } from '../standin-error.ts'
import { createNews } from '../trackunit/news.ts'
import type { TrackunitClient } from '../trackunit/trackunit-client.ts'
import { hours, itemsOf, latitude, longitude, moment, part, percent, text } from './answered.ts'
import { scopesOfMachines } from './list-machines.ts'
import { sayOfMachines } from './machine-messages.ts'

/**
 * The AEMP snapshot (ISO 15143-3), which every plan has and which is the only source of idle hours: 100 machines a page,
 * each page once every 15 minutes.
 */
const path = '/public/api/aemp/v2/15143/-3/Fleet'

const counter = part({ Hour: hours, datetime: moment })
const equipmentSchema = z.object({
  EquipmentHeader: part({ EquipmentID: text, SerialNumber: text }),
  Location: part({ Latitude: latitude, Longitude: longitude, datetime: moment }),
  CumulativeOperatingHours: counter,
  CumulativeIdleHours: counter,
  FuelRemaining: part({ Percent: percent, datetime: moment }),
})
/** JSON converted from XML: a list of one is the item itself, an empty list is missing. */
const listOf = <Item>(schema: z.ZodType<Item>) =>
  z
    .unknown()
    .optional()
    .transform((value) => itemsOf(schema).parse(Array.isArray(value) ? value : [value]))
const pageSchema = z.object({ Links: listOf(z.object({ rel: text })), Equipment: listOf(equipmentSchema) })
type Equipment = z.infer<typeof equipmentSchema>

type Context = Pick<RunContext<unknown>, 'machines' | 'progress'> & { trackunit: Pick<TrackunitClient, 'get'> }

/**
 * Adds the snapshot's counters to the machines that the run has seen, from a page on.
 * @param keep is called with the next page once a page's content is kept: no page is read twice
 */
export async function readCounters(
  { trackunit, machines, progress }: Context,
  {
    fromPage,
    machinesSeen,
    keep,
  }: { fromPage: number; machinesSeen: number; keep: (nextPage: number) => Promise<void> },
): Promise<void> {
  const idOf = await machinesByNames(machines)
  const news = createNews()
  for (let page = fromPage; ; ) {
    const answer = understand(await trackunit.get(`${path}/${page}`))
    const counters = answer.Equipment.flatMap((equipment) => toCounters(equipment, idOf(equipment)) ?? [])
    await machines.keepCounters(counters, { readWith: scopesOfMachines })
    page++
    await progress({
      done: Math.min((page - 1) * 100, machinesSeen),
      total: machinesSeen,
      message: sayOfMachines('countersRead'),
    })
    await keep(page)
    news.count(answer.Equipment.map(({ EquipmentHeader }) => Object.values(EquipmentHeader ?? {}).join()))
    if (news.isEndless() || !answer.Links.some(({ rel }) => rel?.toLowerCase() === 'next')) return
  }
}

function understand(answer: unknown): z.infer<typeof pageSchema> {
  const page = pageSchema.safeParse(answer)
  const isSnapshot = Object.keys(Object(answer)).some((name) => name === 'Links' || name === 'Equipment')
  if (page.success && isSnapshot) return page.data
  throw new StandinError('TRACKUNIT_UNAVAILABLE', { detail: 'The AEMP snapshot was not readable.' })
}

/**
 * The snapshot has no Trackunit ids: machines are matched by serial number if it is unique, otherwise by name.
 */
async function machinesByNames(machines: Context['machines']): Promise<(equipment: Equipment) => string | undefined> {
  const bySerial = new Map<string, string | null>()
  const byName = new Map<string, string | null>()
  const add = (map: Map<string, string | null>, key: string | null, id: string) => {
    if (key) map.set(key, map.has(key) ? null : id)
  }
  for await (const page of machines.list({ seenInThisRun: true })) {
    for (const { id, name, serialNumber } of page) {
      add(bySerial, serialNumber, id)
      add(byName, name, id)
      add(byName, id, id)
    }
  }
  return ({ EquipmentHeader }) =>
    bySerial.get(EquipmentHeader?.SerialNumber ?? '') ?? byName.get(EquipmentHeader?.EquipmentID ?? '') ?? undefined
}

function toCounters(equipment: Equipment, id: string | undefined): SeenCounters | undefined {
  const { CumulativeOperatingHours, CumulativeIdleHours, FuelRemaining, Location } = equipment
  const at = CumulativeOperatingHours?.datetime ?? CumulativeIdleHours?.datetime ?? Location?.datetime
  if (id === undefined || !at) return undefined
  return {
    id,
    at,
    operatingHours: CumulativeOperatingHours?.Hour ?? null,
    idleHours: CumulativeIdleHours?.Hour ?? null,
    fuelPercent: FuelRemaining?.Percent ?? null,
    latitude: Location?.Latitude ?? null,
    longitude: Location?.Longitude ?? null,
  }
}
