const PAUSE_MS = 100
/** By then, a page's content has loaded, or will not. */
const PATIENCE_MS = 5_000
const ownMoves = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const

let pause: ReturnType<typeof setTimeout> | undefined
let restoring: { stop(): void } | undefined

export const scrolledOf = (state: unknown): number => (state as { scrolled?: number } | null)?.scrolled ?? 0

/** Writes into the current entry of the history how far its page is scrolled. Call it before the entry is left. */
export function noteScroll(): void {
  clearTimeout(pause)
  if (!restoring) history.replaceState({ ...history.state, scrolled: Math.round(scrollY) }, '')
}

/** From now on, each entry of the history knows how far its page was scrolled. */
export function noteScrolling(): () => void {
  history.scrollRestoration = 'manual'
  const later = () => {
    clearTimeout(pause)
    pause = setTimeout(noteScroll, PAUSE_MS)
  }
  // The browser has another entry already: how far it is scrolled is not known from here.
  const moved = () => clearTimeout(pause)
  addEventListener('scroll', later, { passive: true })
  addEventListener('popstate', moved)
  return () => {
    removeEventListener('scroll', later)
    removeEventListener('popstate', moved)
    moved()
  }
}

/** Scrolls there as soon as the page is long enough, unless the person scrolls first. */
export function restoreScroll(scrolled: number): void {
  restoring?.stop()
  const endMs = performance.now() + PATIENCE_MS
  let frame = 0
  const stop = () => {
    cancelAnimationFrame(frame)
    for (const move of ownMoves) removeEventListener(move, stop)
    restoring = undefined
  }
  restoring = { stop }
  for (const move of ownMoves) addEventListener(move, stop, { passive: true })
  const go = () => {
    scrollTo(0, scrolled)
    if (Math.abs(scrollY - scrolled) <= 1 || performance.now() > endMs) stop()
    else frame = requestAnimationFrame(go)
  }
  go()
}
