/**
 * The rows to draw, and with them, wherever the page was scrolled to, the one that has the focus and its neighbours: the
 * focus stays, and Tab continues from it.
 */
export function withKept(seen: readonly number[], kept: number | undefined, count: number): number[] {
  if (kept === undefined) return [...seen]
  const around = [kept - 1, kept, kept + 1].filter((index) => index >= 0 && index < count)
  return [...new Set([...seen, ...around])].toSorted((left, right) => left - right)
}
