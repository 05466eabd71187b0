import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { startBackgroundLoop } from './background-loop.ts'

const aMinuteMs = 60_000

/** Work that the test lets begin and end. */
function startLoop({
  everyMs = aMinuteMs,
  work,
  database = { isDown: false },
}: {
  everyMs?: number
  work: (round: number) => Promise<boolean>
  database?: { isDown: boolean }
}) {
  let log = ''
  const failures: string[] = []
  const watch = { isDown: () => database.isDown, suspect: async () => database.isDown }
  const rounds: Array<() => void> = []
  let round = 0
  const loop = startBackgroundLoop(
    {
      name: 'test',
      everyMs,
      async work() {
        round++
        rounds.shift()?.()
        return work(round)
      },
    },
    {
      log: pino({}, { write: (line) => (log += line) }),
      watch,
      metrics: { countFailedLoop: (name, times = 1) => void failures.push(...Array<string>(times).fill(name)) },
    },
  )
  onTestFinished(loop.stop)
  return {
    ...loop,
    rounds: () => round,
    logged: () => log,
    failures,
    nextRound: () => new Promise<void>((resolve) => rounds.push(resolve)),
  }
}

test('looks for work at once, and again as long as there is more', async () => {
  const done = Promise.withResolvers<void>()
  const loop = startLoop({
    work: async (round) => {
      if (round === 3) done.resolve()
      return round < 3
    },
  })
  await done.promise
  await loop.stop()
  expect(loop.rounds()).toBe(3)
})

test('a wake-up is followed at once', async () => {
  const loop = startLoop({ work: async () => false })
  const again = loop.nextRound()
  loop.wake()
  await again
  expect(loop.rounds()).toBe(2)
})

test('a wake-up while it works is not lost', async () => {
  const working = Promise.withResolvers<boolean>()
  const loop = startLoop({ work: (round) => (round === 1 ? working.promise : Promise.resolve(false)) })
  const again = loop.nextRound()
  loop.wake()
  working.resolve(false)
  await again
  expect(loop.rounds()).toBe(2)
})

test('looks again without a wake-up, as a net', async () => {
  const loop = startLoop({ everyMs: 5, work: async () => false })
  await loop.nextRound()
  await loop.nextRound()
  expect(loop.rounds()).toBeGreaterThanOrEqual(2)
})

test('a failure is counted and does not end it', async () => {
  const loop = startLoop({
    everyMs: 5,
    work: (round) => (round === 1 ? Promise.reject(new Error('no')) : Promise.resolve(false)),
  })
  await loop.nextRound()
  expect(loop.rounds()).toBeGreaterThanOrEqual(2)
  expect(loop.failures).toEqual(['test'])
})

test('an error of a database that is down is not logged, and nothing is tried until it is back', async () => {
  const database = { isDown: false }
  const failed = Promise.withResolvers<void>()
  const loop = startLoop({
    database,
    everyMs: 1,
    work: async () => {
      database.isDown = true
      failed.resolve()
      throw Object.assign(new Error('no'), { code: 'ECONNREFUSED' })
    },
  })
  await failed.promise
  for (let wakes = 0; wakes < 20; wakes++) {
    loop.wake()
    await new Promise(setImmediate)
  }
  expect(loop.rounds()).toBe(1)
  expect(loop.logged()).toBe('')
})

test('another error is logged, with the loop that it was', async () => {
  const loop = startLoop({ everyMs: 5, work: () => Promise.reject(new Error('no')) })
  await loop.nextRound()
  expect(loop.logged()).toContain('"loop":"test"')
})

test('stopping waits for what is under way and begins nothing more', async () => {
  const working = Promise.withResolvers<boolean>()
  const loop = startLoop({ work: () => working.promise })
  let isStopped = false
  const stopped = loop.stop().then(() => {
    isStopped = true
  })
  await Promise.resolve()
  expect(isStopped).toBe(false)

  working.resolve(true)
  await stopped
  expect(loop.rounds()).toBe(1)
})
