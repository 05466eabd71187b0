import type { IconName } from '../parts/icon.tsx'
import type { Tone } from '../parts/tone.ts'

export interface Change {
  direction: 'up' | 'down' | 'same'
  /** In whole points of the rounded values, as they are shown. */
  by: number
  icon: IconName
  tone: Tone
}

/** From the last but one value to the last; undefined if either is unknown. */
export function changeOf(values: readonly (number | null)[], isMoreWorse: boolean): Change | undefined {
  const [before, now] = [values.at(-2) ?? null, values.at(-1) ?? null]
  if (before === null || now === null) return undefined
  const by = Math.round(now) - Math.round(before)
  if (by === 0) return { direction: 'same', by, icon: 'same', tone: 'wait' }
  const tone = by > 0 === isMoreWorse ? 'warn' : 'ok'
  return by > 0 ? { direction: 'up', by, icon: 'rise', tone } : { direction: 'down', by: -by, icon: 'fall', tone }
}
