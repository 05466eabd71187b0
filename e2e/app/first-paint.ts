import type { Frame, Page } from 'playwright-core'
import type { Manager } from './manager.ts'

export interface FirstPaint {
  /** From the start of the app's document to its first useful text, in milliseconds. */
  usefulMs: number
  /** Until everything below it has come, and it can be used. */
  wholeMs: number
  /** Whether React was still loading then. */
  isBeforeReact: boolean
  /** Where the headline was at first, and where it is at last. */
  places: string[]
  /** The headlines that the page had one after the other. */
  headlines: string[]
  /** The cumulative layout shift while the page loads. */
  layoutShift: number
}

/** A slow phone: RTT and bandwidth of fast 3G as Lighthouse simulates it, and a quarter of this machine's CPU speed. */
const fastThirdGeneration = { offline: false, latency: 150, downloadThroughput: 204_800, uploadThroughput: 93_750 }
const slowdown = 4

/** Reloads the app's frame, slowly and without a cache, and waits for the first useful text. */
export async function measureFirstPaint({ page, app, frame }: Manager): Promise<FirstPaint> {
  await page.addInitScript(watchPaint, whole)
  await app.locator('h1').waitFor()
  await using _ = await slowDown(page, frame(), fastThirdGeneration)
  await frame().evaluate(() => location.reload())
  await app.locator('[data-useful]').waitFor()
  // The rest of the page is loaded, too.
  await app.locator(whole).first().waitFor()
  await frame().waitForFunction(() => 'wholeMs' in globalThis)
  return frame().evaluate(() => {
    const { usefulMs, wholeMs, isBeforeReact, places, headlines, layoutShift } = globalThis as unknown as FirstPaint
    return { usefulMs, wholeMs, isBeforeReact, places, headlines, layoutShift }
  })
}

/**
 * A quarter of this machine's CPU speed for Manager and the app in its frame, which is a separate process where the browser
 * isolates sites; and a slow network with no cache, if one is given.
 */
export async function slowDown(
  page: Page,
  frame: Frame,
  network?: typeof fastThirdGeneration,
): Promise<AsyncDisposable> {
  const context = page.context()
  const own = await context.newCDPSession(frame).catch(() => undefined)
  const sessions = [await context.newCDPSession(page), ...(own ? [own] : [])]
  for (const devtools of sessions) {
    if (network) {
      await devtools.send('Network.enable')
      await devtools.send('Network.setCacheDisabled', { cacheDisabled: true })
      await devtools.send('Network.emulateNetworkConditions', network)
    }
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
  }
  return {
    async [Symbol.asyncDispose]() {
      for (const devtools of sessions) await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 })
    },
  }
}

/** What the page has at last: the results, or what the first check will read. */
const whole = '.results, .reads'

function watchPaint(whole: string): void {
  const page = globalThis as unknown as FirstPaint
  page.layoutShift = 0
  page.headlines = []
  page.places = []
  const notePlace = () =>
    page.places.push(JSON.stringify(document.querySelector('.page-overview h1')?.getBoundingClientRect()))
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
      if (!entry.hadRecentInput) page.layoutShift += entry.value
  }).observe({ type: 'layout-shift', buffered: true })
  new MutationObserver((_, observer) => {
    const headline = document.querySelector('.page-overview h1')?.textContent
    if (!headline) return
    if (page.headlines.length === 0) {
      page.isBeforeReact = !document.querySelector('.standin')
      requestAnimationFrame(() => {
        page.usefulMs = performance.now()
        notePlace()
        document.documentElement.dataset.useful = 'yes'
      })
    }
    if (page.headlines.at(-1) !== headline) page.headlines.push(headline)
    if (!document.querySelector(whole)) return
    observer.disconnect()
    requestAnimationFrame(() => {
      page.wholeMs = performance.now()
      notePlace()
    })
  }).observe(document, { subtree: true, childList: true })
}
