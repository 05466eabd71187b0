import { type RunContext, type SeenCounters, StandinError } from 'standin'
import { z } from 'zod'
import { momentOf } from './asset.ts'

/**
 * The AEMP snapshot (ISO 15143-3), which every plan has and which alone tells idle hours: 100 machines a page, each page
 * once in 15 minutes.
 */
const path = '/public/api/aemp/v2/15143/-3/Fleet'

const text = z.string().nullish().catch(null)
const number = z.number().nullish().catch(null)
const counter = z.object({ Hour: number, datetime: text }).nullish().catch(null)
const pageSchema = z.object({
  Links: z.array(z.object({ rel: text, href: text })).catch([]),
  Equipment: z.array(
    z.object({
      EquipmentHeader: z.object({ EquipmentID: text, SerialNumber: text }).nullish().catch(null),
      Location: z.object({ Latitude: number, Longitude: number, datetime: text }).nullish().catch(null),
      CumulativeOperatingHours: counter,
      CumulativeIdleHours: counter,
      FuelRemaining: z.object({ Percent: number, datetime: text }).nullish().catch(null),
    }),
  ),
})
type Equipment = z.infer<typeof pageSchema>['Equipment'][number]

type Context = Pick<RunContext<unknown>, 'trackunit' | 'machines' | 'progress' | 'log'>

/**
 * Adds the snapshot's counters to the machines that the run has seen, from a page on.
 * @param keep is called with the page to go on from once a page's content is kept: no page is read twice
 * @returns whether Trackunit let it be read
 */
export async function readCounters(
  { trackunit, machines, progress, log }: Context,
  {
    fromPage,
    machinesSeen,
    keep,
  }: { fromPage: number; machinesSeen: number; keep: (nextPage: number) => Promise<void> },
): Promise<boolean> {
  const idOf = await machinesByNames(machines)
  for (let page = fromPage; ; ) {
    let answer: z.infer<typeof pageSchema>
    try {
      answer = understand(await trackunit.get(`${path}/${page}`))
    } catch (error) {
      const isRefused = error instanceof StandinError && ['TRACKUNIT_REFUSED', 'PLAN_REQUIRED'].includes(error.reason)
      if (!isRefused) throw error
      await log('Idle hours are left out: Trackunit does not let us read them.')
      return false
    }
    await machines.keepCounters(answer.Equipment.flatMap((equipment) => toCounters(equipment, idOf(equipment)) ?? []))
    page++
    await progress({
      done: Math.min((page - 1) * 100, machinesSeen),
      total: machinesSeen,
      message: 'machines with their counters',
    })
    await keep(page)
    if (!answer.Links.some(({ rel }) => rel?.toLowerCase() === 'next')) return true
  }
}

function understand(answer: unknown): z.infer<typeof pageSchema> {
  const page = pageSchema.safeParse(answer)
  if (page.success) return page.data
  throw new StandinError('TRACKUNIT_UNAVAILABLE', { detail: 'The AEMP snapshot was not readable.' })
}

/**
 * The snapshot names machines as their maker does, not by Trackunit's id: by the serial number where it is one machine's
 * alone, else by the name.
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
  const at = momentOf(CumulativeOperatingHours?.datetime ?? CumulativeIdleHours?.datetime ?? Location?.datetime)
  if (id === undefined || at === null) return undefined
  return {
    ...{ id, at },
    operatingHours: CumulativeOperatingHours?.Hour ?? null,
    idleHours: CumulativeIdleHours?.Hour ?? null,
    fuelPercent: FuelRemaining?.Percent ?? null,
    latitude: Location?.Latitude ?? null,
    longitude: Location?.Longitude ?? null,
  }
}
