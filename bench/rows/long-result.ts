import { randomUUID } from 'node:crypto'
import { slowDown } from '../../e2e/app/first-paint.ts'
import { type AppInManager, type Manager, startApp } from '../../e2e/app/manager.ts'
import { multiplyRows } from '../../e2e/app/multiply-rows.ts'
import { install } from '../../e2e/stack.ts'
import type { Comparison } from '../compare.ts'

const rows = 20_000
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

/** In Chromium, in Manager’s frame, as wide and as slow as a phone: from a tap on a result’s link until its first rows are painted. */
export async function longResult(): Promise<AsyncDisposable & { comparisons: Comparison[] }> {
  const app = await startApp({ fleetSize: 100 })
  const account = randomUUID()
  await install(app.stack, account)
  const run = await app.start(account, 'fleet-snapshot', { input: { idleHours: false } })
  await app.ended(run)
  await multiplyRows(app.stack, run, rows)
  const manager = await app.open({ account }, phone)
  const comparison: Comparison = {
    id: 'long-result',
    name: `tap → the first of ${rows.toLocaleString('en')} rows, 390 px, 4 × CPU`,
    unit: 'ms',
    goal: 300,
    better: 'less',
    rounds: 5,
    subject: {
      name: 'apps/iris-app',
      warmUp: async () => void (await openOnce(manager, run)),
      measure: async () => ({ value: await openOnce(manager, run) }),
    },
  }
  return { comparisons: [comparison], [Symbol.asyncDispose]: () => disposeOf(app, manager) }
}

async function disposeOf(app: AppInManager, manager: Manager): Promise<void> {
  await manager.close()
  await app[Symbol.asyncDispose]()
}

/** With nothing of the result in the page’s memory. */
async function openOnce(manager: Manager, run: string): Promise<number> {
  const { app, frame, page } = manager
  await manager.visit('/')
  await manager.reload()
  const link = app.locator(`a[href$="${run}"]`).first()
  await link.waitFor()
  await using _ = await slowDown(page, frame())
  await frame().evaluate(watchForRows)
  await link.tap()
  return frame().evaluate(() => (globalThis as unknown as { seen: Promise<number> }).seen)
}

function watchForRows(): void {
  const page = globalThis as unknown as { seen: Promise<number> }
  page.seen = new Promise((resolve) => {
    let tappedAtMs: number | undefined
    addEventListener(
      'click',
      ({ timeStamp }) => {
        tappedAtMs = timeStamp
      },
      { capture: true, once: true },
    )
    new MutationObserver((_changes, observer) => {
      if (tappedAtMs === undefined || !document.querySelector('tr[aria-rowindex] .mach')) return
      observer.disconnect()
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - (tappedAtMs ?? Number.NaN))))
    }).observe(document.body, { subtree: true, childList: true })
  })
}
