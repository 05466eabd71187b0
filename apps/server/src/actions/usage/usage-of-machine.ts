import type { MachineReading } from 'standin'

/** What a machine did between two readings, in the week that holds most of that time. */
export interface Stretch {
  week: number
  days: number
  hours: number
  /** Engine on, no work; null if unknown. */
  idleHours: number | null
}

export interface UsageOfMachine {
  stretches: Stretch[]
  /** How often a counter was reset or jumped within the weeks: the hours between those readings are left out. */
  resets: number
  /** How often readings are too far apart to tell in which week the machine worked. */
  gaps: number
  /** The weeks that such a span touches: hours are missing there. */
  gapWeeks: number[]
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Weekly snapshots, plus a day: readings further apart belong to no single week. */
export const longestStretchMs = 8 * dayMs
/** Counters are rounded, and read some minutes after they were counted. */
const toleranceHours = 0.5

type Counters = Pick<MachineReading, 'at' | 'operatingHours' | 'idleHours'>

/** Hours and idle hours by week, from readings in order of time. Unknown hours are left out, never estimated. */
export function usageOfMachine(
  readings: readonly Counters[],
  { weekOf }: { weekOf: (moment: Date) => number | undefined },
): UsageOfMachine {
  const usage: UsageOfMachine = { stretches: [], resets: 0, gaps: 0, gapWeeks: [] }
  const known = readings.filter(({ operatingHours }) => operatingHours !== null)
  for (const [index, to] of known.entries()) {
    const from = known[index - 1]
    if (!from) continue
    const tookMs = to.at.getTime() - from.at.getTime()
    const week = weekOf(new Date(from.at.getTime() + tookMs / 2))
    if (week === undefined) continue
    const hours = (to.operatingHours ?? 0) - (from.operatingHours ?? 0)

    if (hours < 0 || hours > tookMs / hourMs + toleranceHours) usage.resets++
    else if (tookMs > longestStretchMs && hours > 0) {
      usage.gaps++
      const touched = Array.from({ length: Math.ceil(tookMs / dayMs) }, (_, day) =>
        weekOf(new Date(from.at.getTime() + day * dayMs)),
      )
      usage.gapWeeks = [...new Set([...usage.gapWeeks, ...touched.filter((each) => each !== undefined)])]
    } else if (tookMs <= longestStretchMs)
      usage.stretches.push({ week, days: tookMs / dayMs, hours, idleHours: idleBetween({ from, to, hours }) })
  }
  return usage
}

/** Idle hours cannot exceed engine hours: such a counter was reset. */
function idleBetween({ from, to, hours }: { from: Counters; to: Counters; hours: number }): number | null {
  if (from.idleHours === null || to.idleHours === null) return null
  const idle = to.idleHours - from.idleHours
  return idle < 0 || idle > hours + toleranceHours ? null : Math.min(idle, hours)
}
