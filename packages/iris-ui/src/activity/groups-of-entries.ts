import type { ListedAuditEntry } from '@standin/client'
import { runOfEntry } from './activity-words.ts'

/** One line of the list: an entry, or several that belong together, the newest first. */
export interface EntryGroup {
  entries: [ListedAuditEntry, ...ListedAuditEntry[]]
  /** All entries of one run, or consecutive entries with the same text. */
  isRun: boolean
}

/**
 * A run's entries of a day become one group, in the place of the newest; entries that repeat the one above are merged.
 * @param entries of one day, the newest first
 */
export function groupsOf(
  entries: readonly ListedAuditEntry[],
  said: (entry: ListedAuditEntry) => string,
): EntryGroup[] {
  const groups: EntryGroup[] = []
  const ofRuns = new Map<string, EntryGroup>()
  for (const entry of entries) {
    const run = runOfEntry(entry)
    const known = run === undefined ? groups.at(-1) : ofRuns.get(run)
    if (known && (run !== undefined || (!known.isRun && said(known.entries[0]) === said(entry)))) {
      known.entries.push(entry)
      continue
    }
    const group: EntryGroup = { entries: [entry], isRun: run !== undefined }
    groups.push(group)
    if (run !== undefined) ofRuns.set(run, group)
  }
  return groups
}

/** Who a group is of: a run's starter, if its start is among its entries. */
export const actorOf = ({ entries }: EntryGroup): ListedAuditEntry =>
  entries.find(({ event }) => event === 'run.started') ?? entries[0]

const gravest = ['changed', 'access', 'sent', 'read'] as const

/** The most serious effect in a group. */
export function effectOf({ entries }: EntryGroup): ListedAuditEntry['kind'] {
  return gravest.find((kind) => entries.some((entry) => entry.kind === kind)) ?? 'read'
}
