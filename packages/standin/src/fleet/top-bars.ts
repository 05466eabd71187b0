import { type Message, textOf } from '@standin/contracts'
import { sayOfMachines } from './machine-messages.ts'

interface Bar {
  label: Message
  value: number
}

/** How often each label was counted, by its English text. */
export type Counts = Map<string, Bar>

const shownBars = 8
/** If one bar is nearly everything, a sentence says more than the chart. */
const largestShare = 0.9

/** The longest bars, and the rest as one; undefined if a sentence says it better. */
export function topBars(counts: Counts): Bar[] | undefined {
  const bars = [...counts.values()].sort((left, right) => right.value - left.value)
  const all = bars.reduce((sum, { value }) => sum + value, 0)
  if (bars.length < 3 || (bars[0]?.value ?? 0) > all * largestShare) return undefined
  if (bars.length <= shownBars + 1) return bars
  const others = bars.slice(shownBars)
  return [
    ...bars.slice(0, shownBars),
    {
      label: sayOfMachines('otherBars', { count: others.length }),
      value: others.reduce((sum, { value }) => sum + value, 0),
    },
  ]
}

export function countIn(counts: Counts, label: Message): void {
  const key = textOf(label)
  counts.set(key, { label, value: (counts.get(key)?.value ?? 0) + 1 })
}
