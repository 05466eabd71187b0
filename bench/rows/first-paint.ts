import { randomUUID } from 'node:crypto'
import { measureFirstPaint } from '../../e2e/app/first-paint.ts'
import { startApp } from '../../e2e/app/manager.ts'
import { install } from '../../e2e/stack.ts'
import type { Comparison } from '../compare.ts'

/** In Chromium, in Manager’s frame, slowed down like a phone: until the page shows its first useful text. */
export async function firstPaint(): Promise<AsyncDisposable & { comparisons: Comparison[] }> {
  const app = await startApp({ fleetSize: 101 })
  const account = randomUUID()
  await install(app.stack, account)
  const paintOnce = async () => {
    const manager = await app.open({ account }, {})
    try {
      return { value: (await measureFirstPaint(manager)).usefulMs }
    } finally {
      await manager.close()
    }
  }
  const comparison: Comparison = {
    id: 'app-first-paint',
    name: 'the app: first words of use, 4 × CPU and fast 3G',
    unit: 'ms',
    goal: 900,
    better: 'less',
    rounds: 5,
    subject: { name: 'apps/iris-app', warmUp: async () => void (await paintOnce()), measure: paintOnce },
  }
  return { comparisons: [comparison], [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
}
