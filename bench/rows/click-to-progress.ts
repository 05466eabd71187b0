import { randomUUID } from 'node:crypto'
import { type AppInManager, type Manager, startApp } from '../../e2e/app/manager.ts'
import { install } from '../../e2e/stack.ts'
import type { Comparison, Measured } from '../compare.ts'
import { quantile } from '../quantile.ts'
import { untilPainted } from '../until-painted.ts'

const clicks = 40

/** In Chromium, in Manager’s frame: from the click on “Start” until the bar of the run is painted. */
export async function clickToProgress(): Promise<AsyncDisposable & { comparisons: Comparison[] }> {
  const app = await startApp({ fleetSize: 450 })
  const account = randomUUID()
  await install(app.stack, account)
  // As fast as Trackunit is at best: no run ends before its bar is seen.
  await app.stack.control('settings', { apiLatencyMs: 200, userTokenLifetimeS: 3_600 }, 'PUT')
  const manager = await app.open({ account })

  async function seenAfter(share: number): Promise<Measured> {
    const tookMs: number[] = []
    while (tookMs.length < clicks) tookMs.push(await startOnce(manager))
    return { value: quantile(tookMs, share) }
  }
  const row = (share: number, goal: number, stretch?: number): Comparison => ({
    id: `click-to-progress-p${share * 100}`,
    name: `click → first progress seen in the browser: p${share * 100}`,
    unit: 'ms',
    goal,
    better: 'less',
    ...(stretch !== undefined && { stretch }),
    rounds: 3,
    subject: {
      name: 'apps/iris-app',
      warmUp: async () => void (await startOnce(manager)),
      measure: () => seenAfter(share),
    },
  })
  return {
    comparisons: [row(0.5, 35, 20), row(0.99, 200)],
    [Symbol.asyncDispose]: () => disposeOf(app, manager),
  }
}

async function disposeOf(app: AppInManager, manager: Manager): Promise<void> {
  await manager.close()
  await app[Symbol.asyncDispose]()
}

/** Starts a run, and stops it: the next one could not start beside it. */
async function startOnce(manager: Manager): Promise<number> {
  const { app, frame } = manager
  await manager.visit('/actions/fleet-snapshot')
  const button = app.getByRole('button', { name: 'Start fleet snapshot' })
  await button.waitFor()
  const painted = await untilPainted(frame(), 'main [role=progressbar]')
  await button.click()
  const tookMs = await painted()
  await app.getByRole('button', { name: 'Stop' }).click()
  await app.getByRole('button', { name: 'Stop now' }).click()
  await app.getByRole('heading', { name: /was stopped/ }).waitFor()
  return tookMs
}
