import { randomUUID } from 'node:crypto'
import { slowDown } from '../../e2e/app/first-paint.ts'
import { type AppInManager, type Manager, startApp } from '../../e2e/app/manager.ts'
import { multiplyRows } from '../../e2e/app/multiply-rows.ts'
import { install } from '../../e2e/stack.ts'
import type { Comparison } from '../compare.ts'
import { untilPainted } from '../until-painted.ts'

const rows = 20_000
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

/**
 * In Chromium, in Manager’s frame, as wide and as slow as a phone: from a tap on a result’s link until its first rows are
 * painted. Once where server, PostgreSQL and the browser’s profile have just begun, and once where they have shown it before.
 */
export async function longResult(): Promise<AsyncDisposable & { comparisons: Comparison[] }> {
  const app = await startApp({ fleetSize: 100 })
  const account = randomUUID()
  await install(app.stack, account)
  const run = await app.start(account, 'fleet-snapshot', { input: { idleHours: false } })
  await app.ended(run)
  await multiplyRows(app.stack, run, rows)
  let manager: Manager | undefined
  const open = async () => (manager ??= await app.open({ account }, phone))
  const name = `tap → the first of ${rows.toLocaleString('en')} rows, 390 px, 4 × CPU`
  const row = { unit: 'ms', goal: 300, better: 'less', rounds: 5 } as const
  const comparisons: Comparison[] = [
    {
      ...row,
      id: 'long-result-first',
      name: `${name}, the first time`,
      subject: {
        name: 'apps/iris-app',
        measure: async () => {
          await app.stack.restart()
          const fresh = await app.open({ account }, phone)
          const value = await openOnce(fresh, run)
          await fresh.close()
          return { value }
        },
      },
    },
    {
      ...row,
      id: 'long-result',
      name,
      subject: {
        name: 'apps/iris-app',
        warmUp: async () => void (await openAgain(await open(), run)),
        measure: async () => ({ value: await openAgain(await open(), run) }),
      },
    },
  ]
  return { comparisons, [Symbol.asyncDispose]: () => disposeOf(app, manager) }
}

async function disposeOf(app: AppInManager, manager: Manager | undefined): Promise<void> {
  await manager?.close()
  await app[Symbol.asyncDispose]()
}

/** With nothing of the result in the page’s memory. */
async function openAgain(manager: Manager, run: string): Promise<number> {
  await manager.visit('/')
  await manager.reload()
  return openOnce(manager, run)
}

/** From the overview. */
async function openOnce({ app, frame, page }: Manager, run: string): Promise<number> {
  const link = app.locator(`a[href$="${run}"]`).first()
  await link.waitFor()
  await using _ = await slowDown(page, frame())
  const painted = await untilPainted(frame(), 'tr[aria-rowindex] .mach')
  await link.tap()
  return painted()
}
