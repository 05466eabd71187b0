import type { Fleet } from './fleets.ts'
import type { Machine } from './machine.ts'

export type Silence = ReturnType<typeof createSilence>

const dayMs = 24 * 3_600_000

/** Machines that a developer made silent, by id, with the moment of their last report. */
export function createSilence({ fleetOf, now }: { fleetOf: (accountId: string) => Fleet; now: () => number }) {
  const lastReports = new Map<string, number>()

  return {
    /** Silences the next `count` machines that report regularly, in the order of the list. */
    add(accountId: string, { count, days }: { count: number; days: number }): { id: string; name: string }[] {
      const silenced: { id: string; name: string }[] = []
      for (const { id, name, reporting } of fleetOf(accountId).machines()) {
        if (silenced.length === count) break
        if (reporting.type !== 'regular') continue
        lastReports.set(id, now() - days * dayMs)
        silenced.push({ id, name })
      }
      return silenced
    },

    /** All of them report again. */
    end: () => lastReports.clear(),

    reportingOf({ id, reporting }: Machine): Machine['reporting'] {
      const at = lastReports.get(id)
      return at === undefined ? reporting : { type: 'stopped', at }
    },
  }
}
