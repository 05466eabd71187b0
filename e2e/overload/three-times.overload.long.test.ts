import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { longTest } from '../../packages/standin/test/long-test.ts'
import { answers, runPart, until } from '../../scripts/part.ts'
import { accountId, install, type Stack, startStack } from '../stack.ts'
import type { Load, Outcome } from './open-loop.ts'

const { minutes } = longTest()
/** Many more connections than the server needs, as real callers have. */
const connections = 4_000

/** Sends from another process. */
const send = async (load: Load): Promise<Outcome> =>
  JSON.parse(await runPart(['e2e/overload/open-loop.ts', JSON.stringify(load)]))

/** What goes on beside the load, one after the other. @returns how long each took; undefined: it failed */
function meanwhile(work: () => Promise<boolean>) {
  const tookMs: Array<number | undefined> = []
  let isOver = false
  const looping = (async () => {
    while (!isOver) {
      const beganAtMs = performance.now()
      const isDone = await work().catch(() => false)
      tookMs.push(isDone ? Math.round(performance.now() - beganAtMs) : undefined)
      await pause(100)
    }
  })()
  return async () => {
    isOver = true
    await looping
    return tookMs
  }
}

const sendCallback = async ({ control }: Stack): Promise<boolean> => {
  const { delivered } = await control<{ delivered: { status: number | null } }>('install', { accountId: randomUUID() })
  return delivered.status === 200
}

test.for(['/v1/token', '/v1/installations?limit=50'])(
  'invariant 25: three times what it can do of %s is refused early, callbacks are not, and all is well soon after',
  async (path) => {
    await using stack = await startStack({
      environment: { LOG_LEVEL: 'warn', SERVICE_KEY_REQUESTS_PER_S: '1000000' },
    })
    await install(stack, accountId)
    const create = ['keys', 'create', '--account', 'all', '--scopes', 'asset.view', '--service']
    const keys = await Promise.all(['one', 'two', 'three', 'four'].map((service) => stack.operator(...create, service)))
    const body = path === '/v1/token' ? [JSON.stringify({ accountId, scopes: ['asset.view'] })] : []
    const port = Number(new URL(stack.server).port)
    const load = { port, path, keys, bodies: body }

    const calm = await send({ ...load, perS: 0, seconds: 5, connections: 64 })
    const capacityPerS = (calm.statuses['200'] ?? 0) / 5
    expect(calm.statuses['503'] ?? 0).toBe(0)

    const health = meanwhile(() => answers(`${stack.server}/health/live`))
    const callbacks = meanwhile(() => sendCallback(stack))
    const seconds = Math.max(10, (minutes * 60) / 4)
    const crowded = await send({ ...load, perS: capacityPerS * 3, seconds, connections })
    const overAtMs = performance.now()
    await until('an answer without a refusal', async () => {
      const { statuses, p99Ms } = await send({ ...load, perS: 10, seconds: 1, connections: 10 })
      return !statuses['503'] && p99Ms < 1_000
    })
    const recoveredMs = performance.now() - overAtMs
    const [healthMs, callbackMs] = [await health(), await callbacks()]
    console.log({ path, capacityPerS, calm, crowded, recoveredMs })
    console.log({ health: Math.max(...healthMs.map(Number)), callbacks: Math.max(...callbackMs.map(Number)) })

    expect(crowded.statuses['503']).toBeGreaterThan(0)
    expect(crowded.withoutRetryAfter).toBe(0)
    expect(crowded.statuses['200']).toBeGreaterThan((capacityPerS * seconds) / 4)
    expect(healthMs.filter((ms) => ms === undefined)).toEqual([])
    expect(callbackMs.filter((ms) => ms === undefined)).toEqual([])
    expect(recoveredMs).toBeLessThan(15_000)
  },
)
