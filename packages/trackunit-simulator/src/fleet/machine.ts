import type { Group } from './group.ts'
import { machineModels } from './machine-models.ts'
import type { Random } from './random.ts'
import type { Site } from './site.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const reportEveryMs = 10 * 60_000
/** The moment from which machines in use count further hours. */
const hoursCountedFrom = Date.UTC(2025, 0, 1)

/** The fixed properties of a machine; {@link machineAt} gives its state at a moment. */
export type Machine = {
  id: string
  name: string
  brand: string
  model: string
  serialNumber: string
  assetType: string
  site: Site | undefined
  group: Group | undefined
  streetAddress: string
  city: string
  country: string
  /** GeoJSON order: longitude, latitude. */
  coordinates: [number, number]
  reporting:
    | { type: 'regular'; phaseMs: number }
    | { type: 'silent'; forDays: number }
    /** It sends nothing for `forDays` out of every `everyDays`. */
    | { type: 'gaps'; phaseMs: number; everyDays: number; forDays: number }
    | { type: 'never' }
    /** Nothing since that moment, in milliseconds since 1970. */
    | { type: 'stopped'; at: number }
  hours: {
    atStart: number
    aDay: number
    idleShare: number
    /** Where the machine is in its cycle of busy and quiet weeks. */
    phaseDays: number
    /** How often the counter restarts at zero: a new tracker, a new engine. Null: never. */
    resetEveryDays: number | null
  }
  /** Its service plan, if any, and how many days its service is overdue; negative: it is not due yet. */
  serviceDueForDays: number | null
  /** Its data health issues. */
  dataHealth: DataHealthIssue[]
  activity: 'WORKING' | 'IDLE' | 'STOPPED'
  criticality: 'NONE' | 'LOW' | 'CRITICAL'
  fuelLevel: number | null
  batteryStateOfChargePercent: number | null
}

/** [doc] The kinds of data health issues. */
export const dataHealthIssues = [
  'DATA_NOT_RECEIVED',
  'LOW_DEVICE_BATTERY_VOLTAGE',
  'LOW_DEVICE_INPUT_VOLTAGE',
  'LOW_GPS_COVERAGE',
  'NO_CAN_DATA_WIRING',
] as const
export type DataHealthIssue = { type: (typeof dataHealthIssues)[number]; forDays: number; isOpen: boolean }

/** The telematics data of a machine at a moment. Hours are hours, not seconds. */
export type MachineState = {
  lastSeen: Date | null
  activity: string
  operatingHours: number | null
  idleHours: number | null
  fuelLevel: number | null
}

export type MachineSurroundings = { sites: readonly Site[]; groups: readonly Group[]; now: number }

/** A machine as it stands at a moment: some move from site to site. */
export function createMachine(index: number, random: Random, { sites, groups, now }: MachineSurroundings): Machine {
  const model = random.pick(machineModels)
  const firstSite = pickSite(random, sites)
  const usual = random.between(...model.dailyHours)
  const isElectric = model.energy === 'electric'
  const movesEveryDays = random.chance(0.15) ? random.whole(4, 60) : null
  const site = siteAt(firstSite, { sites, movesEveryDays, now })

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
      phaseDays: random.between(0, 60),
      resetEveryDays: random.chance(0.01) ? random.whole(20, 200) : null,
    },
    serviceDueForDays: model.energy !== 'none' && random.chance(0.6) ? random.whole(-180, 9) : null,
    dataHealth: dataHealthOf(random),
    group: random.chance(0.7) ? random.pick(groups) : undefined,
    activity: random.pick(['WORKING', 'WORKING', 'IDLE', 'STOPPED', 'STOPPED'] as const),
    criticality: random.chance(0.04) ? 'CRITICAL' : random.chance(0.1) ? 'LOW' : 'NONE',
    fuelLevel: model.energy === 'diesel' ? random.whole(4, 100) : null,
    batteryStateOfChargePercent: isElectric ? random.whole(random.chance(0.12) ? 3 : 20, 100) : null,
  }
}

export function machineAt(machine: Machine, now: number): MachineState {
  const lastSeenAt = lastSeen(machine.reporting, now)
  if (lastSeenAt === null) {
    return { lastSeen: null, activity: 'UNKNOWN', operatingHours: null, idleHours: null, fuelLevel: null }
  }
  return {
    lastSeen: new Date(lastSeenAt),
    activity: machine.reporting.type === 'regular' ? machine.activity : 'UNKNOWN',
    ...countersAt(machine.hours, lastSeenAt),
    fuelLevel: fuelAt(machine, lastSeenAt),
  }
}

/** Grows at the pace of the machine's weeks, and restarts when the counter is reset. */
function countersAt({ atStart, aDay, idleShare, phaseDays, resetEveryDays }: Machine['hours'], at: number) {
  if (aDay === 0) return { operatingHours: null, idleHours: null }
  const days = Math.max(0, at - hoursCountedFrom) / dayMs
  const resetDay = resetEveryDays === null ? 0 : Math.floor(days / resetEveryDays) * resetEveryDays
  const before = resetDay === 0 ? atStart : 0
  const counted = (swingDays: number, everyDays: number) => {
    const swung = (day: number) => day + swingDays * Math.sin((2 * Math.PI * (day + phaseDays)) / everyDays)
    return swung(days) - swung(resetDay)
  }
  return {
    operatingHours: rounded(before + aDay * counted(2, 49), 2),
    idleHours: rounded(idleShare * (before + aDay * counted(3, 63)), 2),
  }
}

/** A tank lasts some days; it is filled when it is nearly empty. */
function fuelAt({ fuelLevel, hours }: Machine, at: number): number | null {
  if (fuelLevel === null) return null
  const burnt = Math.floor((Math.max(0, at - hoursCountedFrom) / dayMs) * hours.aDay * 2)
  return 100 - ((100 - fuelLevel + burnt) % 97)
}

function lastSeen(reporting: Machine['reporting'], now: number): number | null {
  switch (reporting.type) {
    case 'never':
      return null
    case 'stopped':
      return Math.min(reporting.at, now)
    case 'silent': {
      const startOfDay = now - (now % dayMs)
      return startOfDay - Math.round(reporting.forDays * dayMs)
    }
    case 'gaps': {
      const intoCycleMs = (now + reporting.phaseMs) % (reporting.everyDays * dayMs)
      return intoCycleMs < reporting.forDays * dayMs ? now - intoCycleMs : regularly(reporting, now)
    }
    case 'regular':
      return regularly(reporting, now)
  }
}

const regularly = ({ phaseMs }: { phaseMs: number }, now: number) =>
  now - ((((now - phaseMs) % reportEveryMs) + reportEveryMs) % reportEveryMs)

/** Most report every ten minutes; some went quiet days or weeks ago, a few have never reported. */
function reportingOf(random: Random): Machine['reporting'] {
  if (random.chance(0.01)) return { type: 'never' }
  if (random.chance(0.07)) return { type: 'silent', forDays: random.between(1, random.chance(0.5) ? 6 : 70) }
  if (random.chance(0.02)) {
    return {
      type: 'gaps',
      phaseMs: random.whole(0, 40 * dayMs),
      everyDays: random.whole(30, 60),
      forDays: random.whole(8, 12),
    }
  }
  return { type: 'regular', phaseMs: random.whole(0, reportEveryMs - 1) }
}

function dataHealthOf(random: Random): DataHealthIssue[] {
  if (!random.chance(0.05)) return []
  return [{ type: random.pick(dataHealthIssues), forDays: random.whole(1, 40), isOpen: random.chance(0.8) }]
}

/** Most stay where they are; the others move to the next site every few days. */
function siteAt(
  first: Site,
  { sites, now, movesEveryDays }: Pick<MachineSurroundings, 'sites' | 'now'> & { movesEveryDays: number | null },
): Site {
  if (movesEveryDays === null) return first
  const moves = Math.floor(Math.max(0, now - hoursCountedFrom) / (movesEveryDays * dayMs))
  return sites[(sites.indexOf(first) + moves) % sites.length] ?? first
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
