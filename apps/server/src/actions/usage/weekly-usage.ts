import { type MachineHistory, type Message, textOf } from 'standin'
import { sayOfMachines, typeName } from 'standin/fleet'
import { usageOfMachine } from './usage-of-machine.ts'
import type { Weeks } from './weeks.ts'

/** Hours of some machines in a week. */
export interface Usage {
  hours: number
  idleHours: number
  /** The part of `hours` with known idle hours. */
  hoursWithIdle: number
  machines: number
  /** Days between the readings, summed over all machines. */
  days: number
}

export type Grouping = 'type' | 'site'

export interface Group {
  name: Message
  weeks: Array<Usage | undefined>
}

export interface Pair extends Group {
  site: Message
}

export interface WeeklyUsage {
  /** By week; undefined if nothing is known about it. */
  all: Array<Usage | undefined>
  /** By grouping, then by the English name. Each machine counts once in each: under its type, and where it is now. */
  groups: Record<Grouping, Map<string, Group>>
  /** By type and site together: here each hour counts once. */
  pairs: Map<string, Pair>
  /** By week: machines that worked in it while they were not heard, so that those hours have no week. */
  unheard: number[]
  machinesWithReset: number
  machinesWithGap: number
  /** Machines with readings to compare. */
  machines: number
}

export const newWeeklyUsage = (): WeeklyUsage => ({
  all: [],
  groups: { type: new Map(), site: new Map() },
  pairs: new Map(),
  unheard: [],
  machinesWithReset: 0,
  machinesWithGap: 0,
  machines: 0,
})

/** Adds a machine's hours to the sums, without keeping its readings. */
export function addMachine(sums: WeeklyUsage, { type, site, readings }: MachineHistory, weeks: Weeks): void {
  const { stretches, resets, gaps, gapWeeks } = usageOfMachine(readings, weeks)
  for (const week of gapWeeks) sums.unheard[week] = (sums.unheard[week] ?? 0) + 1
  if (resets > 0) sums.machinesWithReset++
  if (gaps > 0) sums.machinesWithGap++
  if (stretches.length === 0) return
  sums.machines++
  const byWeek = Map.groupBy(stretches, ({ week }) => week)
  for (const [week, ofWeek] of byWeek) {
    const usage: Usage = { hours: 0, idleHours: 0, hoursWithIdle: 0, machines: 1, days: 0 }
    for (const { hours, idleHours, days } of ofWeek) {
      usage.hours += hours
      usage.days += days
      if (idleHours === null) continue
      usage.idleHours += idleHours
      usage.hoursWithIdle += hours
    }
    sums.all[week] = plus(sums.all[week], usage)
    const [name, place] = [typeName(type), site?.name ?? sayOfMachines('noSite')]
    addTo(groupOf(sums.groups.type, textOf(name), { name, weeks: [] }), week, usage)
    addTo(groupOf(sums.groups.site, textOf(place), { name: place, weeks: [] }), week, usage)
    addTo(groupOf(sums.pairs, `${textOf(name)}\n${textOf(place)}`, { name, site: place, weeks: [] }), week, usage)
  }
}

function groupOf<Kind extends Group>(groups: Map<string, Kind>, key: string, empty: Kind): Kind {
  const group = groups.get(key) ?? empty
  groups.set(key, group)
  return group
}

function addTo(group: Group, week: number, usage: Usage): void {
  group.weeks[week] = plus(group.weeks[week], usage)
}

const plus = (left: Usage | undefined, right: Usage): Usage => ({
  hours: (left?.hours ?? 0) + right.hours,
  idleHours: (left?.idleHours ?? 0) + right.idleHours,
  hoursWithIdle: (left?.hoursWithIdle ?? 0) + right.hoursWithIdle,
  machines: (left?.machines ?? 0) + right.machines,
  days: (left?.days ?? 0) + right.days,
})

/** In percent of the hours with known idle hours; null if there are none. */
export function idleShare(usage: Usage | undefined): number | null {
  return usage && usage.hoursWithIdle > 0 ? (100 * usage.idleHours) / usage.hoursWithIdle : null
}

/** How many days of a week the readings cover, for the average machine. */
export const daysCovered = ({ days, machines }: Usage): number => Math.min(7, days / machines)
