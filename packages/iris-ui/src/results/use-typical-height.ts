import { type RefObject, useLayoutEffect, useState } from 'react'

const USUAL_PX = 66

/**
 * How high a row is here before it was drawn: as those that are there, in the middle. Folded ones of a phone are more than
 * twice as high, and a jump or the scrollbar would miss by thousands of rows.
 */
export function useTypicalHeight(table: RefObject<HTMLTableElement | null>): number {
  const [heightPx, setHeightPx] = useState(USUAL_PX)
  useLayoutEffect(() => {
    const element = table.current
    if (!element) return undefined
    let width: number | undefined
    const measure = () => {
      if (element.clientWidth === width) return
      const rows = [...element.querySelectorAll<HTMLElement>('tr[data-index]:not(:has(.coming))')]
      const heights = rows.map(({ offsetHeight }) => offsetHeight).toSorted((left, right) => left - right)
      const middle = heights[Math.floor(heights.length / 2)]
      if (middle === undefined) return
      width = element.clientWidth
      setHeightPx(middle)
    }
    measure()
    const resized = new ResizeObserver(measure)
    resized.observe(element)
    return () => resized.disconnect()
  }, [table])
  return heightPx
}
