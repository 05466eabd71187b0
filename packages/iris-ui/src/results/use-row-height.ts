import { type RefObject, useLayoutEffect, useState } from 'react'

const USUAL_PX = 65

/** The height of each row of a long list: all have the same number of lines. It depends on the width and the font size. */
export function useRowHeight(table: RefObject<HTMLTableElement | null>): number {
  const [heightPx, setHeightPx] = useState(USUAL_PX)
  useLayoutEffect(() => {
    const element = table.current
    if (!element) return undefined
    const measure = () => {
      const row = element.querySelector<HTMLElement>('tr[data-index]:not(:has(.coming))')
      if (row && row.offsetHeight > 0) setHeightPx(row.getBoundingClientRect().height)
    }
    measure()
    const resized = new ResizeObserver(measure)
    resized.observe(element)
    return () => resized.disconnect()
  }, [table])
  return heightPx
}
