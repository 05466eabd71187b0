import { machineModels } from './machine-models.ts'
import type { Random } from './random.ts'
import type { Site } from './site.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const reportEveryMs = 10 * 60_000
/** Since when the hours of machines that are still in use are counted on. */
const hoursCountedFrom = Date.UTC(2025, 0, 1)

/** What stays the same about a machine; how it is at a moment comes from {@link machineAt}. */
export type Machine = {
  id: string
  name: string
  brand: string
  model: string
  serialNumber: string
  assetType: string
  site: Site | undefined
  streetAddress: string
  city: string
  country: string
  /** GeoJSON order: longitude, latitude. */
  coordinates: [number, number]
  reporting: { type: 'regular'; phaseMs: number } | { type: 'silent'; forDays: number } | { type: 'never' }
  hours: { atStart: number; aDay: number; idleShare: number }
  activity: 'WORKING' | 'IDLE' | 'STOPPED'
  criticality: 'NONE' | 'LOW' | 'CRITICAL'
  fuelLevel: number | null
  batteryStateOfChargePercent: number | null
}

/** What telematics knew of a machine at a moment. Hours are hours, not seconds. */
export type MachineState = {
  lastSeen: Date | null
  activity: string
  operatingHours: number | null
  idleHours: number | null
}

export function createMachine(index: number, random: Random, sites: readonly Site[]): Machine {
  const model = random.pick(machineModels)
  const site = pickSite(random, sites)
  const usual = random.between(...model.dailyHours)
  const isElectric = model.energy === 'electric'

  return {
    id: random.uuid(),
    name: `${model.prefix}-${1000 + index}`,
    brand: model.brand,
    model: model.model,
    serialNumber: `${model.serialPrefix}${String(100_000 + index).padStart(6, '0')}`,
    assetType: model.assetType,
    site: random.chance(0.88) ? site : undefined,
    streetAddress: site.place.streetAddress,
    city: site.place.city,
    country: site.place.country,
    coordinates: [
      rounded(site.place.longitude + random.between(-0.004, 0.004), 6),
      rounded(site.place.latitude + random.between(-0.003, 0.003), 6),
    ],
    reporting: reportingOf(random),
    hours: {
      atStart: model.energy === 'none' ? 0 : random.between(40, 7800),
      aDay: (usual * 5) / 7,
      idleShare: random.between(...model.idleShare),
    },
    activity: random.pick(['WORKING', 'WORKING', 'IDLE', 'STOPPED', 'STOPPED'] as const),
    criticality: random.chance(0.04) ? 'CRITICAL' : random.chance(0.1) ? 'LOW' : 'NONE',
    fuelLevel: model.energy === 'diesel' ? random.whole(4, 100) : null,
    batteryStateOfChargePercent: isElectric ? random.whole(random.chance(0.12) ? 3 : 20, 100) : null,
  }
}

export function machineAt(machine: Machine, now: number): MachineState {
  const lastSeenAt = lastSeen(machine.reporting, now)
  if (lastSeenAt === null) return { lastSeen: null, activity: 'UNKNOWN', operatingHours: null, idleHours: null }

  const worked = (Math.max(0, lastSeenAt - hoursCountedFrom) / dayMs) * machine.hours.aDay
  const operatingHours = machine.hours.aDay === 0 ? null : rounded(machine.hours.atStart + worked, 2)
  return {
    lastSeen: new Date(lastSeenAt),
    activity: machine.reporting.type === 'regular' ? machine.activity : 'UNKNOWN',
    operatingHours,
    idleHours: operatingHours === null ? null : rounded(operatingHours * machine.hours.idleShare, 2),
  }
}

function lastSeen(reporting: Machine['reporting'], now: number): number | null {
  switch (reporting.type) {
    case 'never':
      return null
    case 'silent': {
      const startOfDay = now - (now % dayMs)
      return startOfDay - Math.round(reporting.forDays * dayMs)
    }
    case 'regular':
      return now - ((((now - reporting.phaseMs) % reportEveryMs) + reportEveryMs) % reportEveryMs)
  }
}

/** Most report every ten minutes; some went quiet days or weeks ago, a few have never been heard of. */
function reportingOf(random: Random): Machine['reporting'] {
  if (random.chance(0.01)) return { type: 'never' }
  if (random.chance(0.07)) return { type: 'silent', forDays: random.between(1, random.chance(0.5) ? 6 : 70) }
  return { type: 'regular', phaseMs: random.whole(0, reportEveryMs - 1) }
}

/** The first sites of the list are the larger ones. */
function pickSite(random: Random, sites: readonly Site[]): Site {
  const site = sites[Math.floor(random.next() ** 1.6 * sites.length)]
  if (!site) throw new RangeError('a fleet needs sites')
  return site
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
