export const ranges = ['today', 'week', 'month', 'ever'] as const
export type Range = (typeof ranges)[number]

const DAY_MS = 24 * 3_600_000
const days: Partial<Record<Range, number>> = { week: 7, month: 30 }

/** When a range begins, by the reader's days; undefined for all entries. */
export function beginOfRange(range: Range, nowMs: number, dayKey: (at: number) => string): string | undefined {
  if (range === 'ever') return undefined
  const back = days[range]
  // Rounded to the hour, so that an open page repeats the same query.
  if (back) return new Date(Math.floor(nowMs / 3_600_000) * 3_600_000 - back * DAY_MS).toISOString()

  const today = dayKey(nowMs)
  let hour = Math.floor(nowMs / 3_600_000) * 3_600_000
  while (dayKey(hour - 1) === today) hour -= 3_600_000
  return new Date(hour).toISOString()
}

/** The entries of each day, in order. */
export function byDay<Entry extends { at: string }>(
  entries: readonly Entry[],
  dayKey: (at: string) => string,
): { day: string; entries: Entry[] }[] {
  const days: { day: string; entries: Entry[] }[] = []
  for (const entry of entries) {
    const day = dayKey(entry.at)
    const last = days.at(-1)
    if (last?.day === day) last.entries.push(entry)
    else days.push({ day, entries: [entry] })
  }
  return days
}
