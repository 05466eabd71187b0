import type { MachineHistory } from 'standin'
import { typeName } from '../machines/words.ts'
import { usageOfMachine } from './usage-of-machine.ts'
import type { Weeks } from './weeks.ts'

/** Hours of some machines in a week. */
export interface Usage {
  hours: number
  idleHours: number
  /** Of `hours`, those of which it is known whether they were idle. */
  hoursWithIdle: number
  machines: number
  /** Days that lie between the readings, of all machines together. */
  days: number
}

export type Grouping = 'Type' | 'Site'

export interface WeeklyUsage {
  /** By week; undefined where nothing is known of it. */
  all: Array<Usage | undefined>
  /** By grouping, then by name, then by week. */
  groups: Record<Grouping, Map<string, Array<Usage | undefined>>>
  machinesWithReset: number
  machinesWithGap: number
  /** Machines of which anything could be said. */
  machines: number
}

export const newWeeklyUsage = (): WeeklyUsage => ({
  all: [],
  groups: { Type: new Map(), Site: new Map() },
  machinesWithReset: 0,
  machinesWithGap: 0,
  machines: 0,
})

/** Adds a machine's hours to the sums; none of its readings is kept. */
export function addMachine(sums: WeeklyUsage, { type, site, readings }: MachineHistory, weeks: Weeks): void {
  const { stretches, resets, gaps } = usageOfMachine(readings, weeks)
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
    addTo(sums.groups.Type, { name: typeName(type), week, usage })
    addTo(sums.groups.Site, { name: site?.name ?? 'No site', week, usage })
  }
}

function addTo(
  group: Map<string, Array<Usage | undefined>>,
  { name, week, usage }: { name: string; week: number; usage: Usage },
): void {
  const weeks = group.get(name) ?? []
  weeks[week] = plus(weeks[week], usage)
  group.set(name, weeks)
}

const plus = (left: Usage | undefined, right: Usage): Usage => ({
  hours: (left?.hours ?? 0) + right.hours,
  idleHours: (left?.idleHours ?? 0) + right.idleHours,
  hoursWithIdle: (left?.hoursWithIdle ?? 0) + right.hoursWithIdle,
  machines: (left?.machines ?? 0) + right.machines,
  days: (left?.days ?? 0) + right.days,
})

/** In percent of the hours of which it is known; null where it is known of none. */
export function idleShare(usage: Usage | undefined): number | null {
  return usage && usage.hoursWithIdle > 0 ? (100 * usage.idleHours) / usage.hoursWithIdle : null
}

/** How many days of a week the readings cover, for the average machine. */
export const daysCovered = ({ days, machines }: Usage): number => Math.min(7, days / machines)
