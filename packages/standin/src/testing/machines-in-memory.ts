import { matchesFilter } from '../machines/filters/machine-filter-input.ts'
import type { KnownMachine, MachineReading, MachineRegister } from '../machines/machine-register.ts'

interface Kept extends KnownMachine {
  seenInRun: number
  countersAt: Date | null
}

interface Registered {
  machines: Map<string, Kept>
  /** The sites that the last run with each question reported. */
  reported: Map<string, Map<string, KnownMachine['site']>>
  readings: Map<string, MachineReading[]>
}

/** The register of machines without a database, for the runs of one test. */
export function createMachinesInMemory() {
  const registered: Registered = { machines: new Map(), reported: new Map(), readings: new Map() }
  return { registerOf: (run: number, question: string) => registerOf(registered, run, question) }
}

function registerOf({ machines, reported, readings }: Registered, run: number, question: string): MachineRegister {
  const reportedSite = (id: string) => reported.get(question)?.get(id)
  const seen = () => [...machines.values()].filter(({ seenInRun }) => seenInRun === run)
  return {
    async keep(given) {
      for (const machine of given)
        machines.set(machine.id, { ...machine, reportedSite: undefined, seenInRun: run, countersAt: null })
    },
    async keepCounters(counters) {
      for (const { id, at, ...values } of counters) {
        const machine = machines.get(id)
        if (machine?.seenInRun !== run) continue
        const known = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
        const lastSeenAt = machine.lastSeenAt && machine.lastSeenAt > at ? machine.lastSeenAt : at
        machines.set(id, { ...machine, ...known, countersAt: at, lastSeenAt })
      }
    },
    async keepWhole() {}, // Only the app's forms count machines.
    async keepReadings() {
      for (const { id, countersAt, lastSeenAt, operatingHours, idleHours, fuelPercent } of seen()) {
        const at = countersAt ?? lastSeenAt
        if (at === null || operatingHours === null) continue
        const others = (readings.get(id) ?? []).filter((reading) => reading.at.getTime() !== at.getTime())
        readings.set(id, [...others, { at, operatingHours, idleHours, fuelPercent }])
      }
    },
    async *list({ filter = {}, seenInThisRun = false } = {}) {
      const all = seenInThisRun ? seen() : [...machines.values()]
      const sorted = all.filter((machine) => matchesFilter(machine, filter)).sort(byNameAndId)
      for (let at = 0; at < sorted.length; at += 1_000)
        yield sorted.slice(at, at + 1_000).map((machine) => ({ ...machine, reportedSite: reportedSite(machine.id) }))
    },
    async *gone(filter = {}) {
      const isGone = ({ seenInRun, id }: Kept) => seenInRun !== run && reportedSite(id) !== undefined
      yield [...machines.values()].filter((machine) => isGone(machine) && matchesFilter(machine, filter))
    },
    hasReported: async () => reported.has(question),
    async markReported() {
      reported.set(question, new Map(seen().map(({ id, site }) => [id, site])))
    },
    async *history({ since, filter = {} }) {
      for (const machine of machines.values()) {
        if (!matchesFilter(machine, filter)) continue
        const of = (readings.get(machine.id) ?? []).filter(({ at }) => at >= since)
        yield [{ ...machine, readings: of }]
      }
    },
  }
}

function byNameAndId(left: KnownMachine, right: KnownMachine): number {
  return compare(left.name ?? '', right.name ?? '') || compare(left.id, right.id)
}

const compare = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0)
