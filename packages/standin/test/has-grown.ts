/** How much a series may grow and be called flat, as a share and in its own unit: whichever is more. */
export interface Allowed {
  share: number
  units: number
}

const parts = 4
const fewest = 20

/**
 * Whether a series that was measured under a steady load rises. Its first fifth is left out: caches fill, and code is compiled.
 * The lowest values of the four parts of the rest are compared, since garbage makes a series go up and down: it has grown if none
 * is lower than the one before, and the last exceeds the first by more than is allowed.
 * @throws Error with fewer than twenty values
 */
export function hasGrown(series: readonly number[], { share, units }: Allowed): boolean {
  if (series.length < fewest) throw new Error(`${series.length} values say nothing; measure at least ${fewest}`)
  const steady = series.slice(Math.floor(series.length / 5))
  const length = Math.floor(steady.length / parts)
  const lows = Array.from({ length: parts }, (_, part) => {
    const end = part === parts - 1 ? steady.length : (part + 1) * length
    return Math.min(...steady.slice(part * length, end))
  })
  const [first = 0, last = 0] = [lows[0], lows.at(-1)]
  const isRising = lows.every((low, part) => part === 0 || low >= (lows[part - 1] ?? 0))
  return isRising && last - first > Math.max(first * share, units)
}
