import type { Manager } from '../e2e/app/manager.ts'

/**
 * Watches a page for its next click or tap.
 * @returns waits until an element that matches the selector is painted after it, and gives the milliseconds since then
 */
export async function untilPainted(
  frame: ReturnType<Manager['frame']>,
  selector: string,
): Promise<() => Promise<number>> {
  await frame.evaluate(watchFor, selector)
  return () => frame.evaluate(() => (globalThis as unknown as { seen: Promise<number> }).seen)
}

function watchFor(selector: string): void {
  const page = globalThis as unknown as { seen: Promise<number> }
  page.seen = new Promise((resolve) => {
    let clickedAtMs: number | undefined
    addEventListener(
      'click',
      ({ timeStamp }) => {
        clickedAtMs = timeStamp
      },
      { capture: true, once: true },
    )
    new MutationObserver((_changes, observer) => {
      if (clickedAtMs === undefined || !document.querySelector(selector)) return
      observer.disconnect()
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - (clickedAtMs ?? Number.NaN))))
    }).observe(document.body, { subtree: true, childList: true })
  })
}
