import { type RefObject, useEffect } from 'react'

/** Content above a row, such as a map, is loaded within this time. */
const SETTLE_MS = 1_000
const ownMoves = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const

interface Jump {
  table: RefObject<HTMLTableElement | null>
  /** From 0, until it is there. */
  goingTo: number | undefined
  /** It is drawn, with what stands in it. */
  isDrawn: boolean
  /** Above it nothing is seen. */
  topPx: number
  scrollToIndex(index: number, options: { align: 'center' }): void
  onThere(): void
}

/** Scrolls to a row and focuses it, so that keyboard users continue from the row. */
export function useJump({ table, goingTo, isDrawn, topPx, scrollToIndex, onThere }: Jump): void {
  useEffect(() => {
    if (goingTo !== undefined) scrollToIndex(goingTo, { align: 'center' })
  }, [goingTo, scrollToIndex])

  useEffect(() => {
    if (goingTo === undefined || !isDrawn) return undefined
    const row = table.current?.querySelector<HTMLElement>(`[data-index="${goingTo}"]`)
    row?.querySelector<HTMLElement>('a, button')?.focus({ preventScroll: true })
    const endMs = performance.now() + SETTLE_MS
    let frame = 0
    const settle = () => {
      const { top, bottom } = row?.getBoundingClientRect() ?? { top: topPx, bottom: 0 }
      if (top < topPx || bottom > innerHeight) scrollToIndex(goingTo, { align: 'center' })
      if (performance.now() < endMs) frame = requestAnimationFrame(settle)
      else onThere()
    }
    settle()
    for (const move of ownMoves) addEventListener(move, onThere, { passive: true })
    return () => {
      cancelAnimationFrame(frame)
      for (const move of ownMoves) removeEventListener(move, onThere)
    }
  }, [table, goingTo, isDrawn, topPx, scrollToIndex, onThere])
}
