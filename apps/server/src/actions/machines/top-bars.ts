import { counted } from './words.ts'

interface Bar {
  label: string
  value: number
}

const shownBars = 8
/** A chart of which one bar is nearly all says less than its sentence. */
const largestShare = 0.9

/** The longest bars and the others together; undefined where a sentence says it better. */
export function topBars(counts: ReadonlyMap<string, number>): Bar[] | undefined {
  const bars = [...counts].map(([label, value]) => ({ label, value })).sort((left, right) => right.value - left.value)
  const all = bars.reduce((sum, { value }) => sum + value, 0)
  if (bars.length < 3 || (bars[0]?.value ?? 0) > all * largestShare) return undefined
  if (bars.length <= shownBars + 1) return bars
  const others = bars.slice(shownBars)
  return [
    ...bars.slice(0, shownBars),
    { label: `Other (${counted(others.length)})`, value: others.reduce((sum, { value }) => sum + value, 0) },
  ]
}

export function countIn(counts: Map<string, number>, label: string): void {
  counts.set(label, (counts.get(label) ?? 0) + 1)
}
