import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { pino } from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createAdjustableClock } from '../../test/adjustable-clock.ts'
import { patiently } from '../../test/patiently.ts'
import { createDatabaseWatch } from './database-watch.ts'
import type { DatabaseTime } from './probe.ts'
import { createReplica } from './replica.ts'

/** A database that answers as the test says. */
function watchPlayed() {
  const replica = createReplica()
  replica.hold(1)
  const clock = createAdjustableClock()
  const database = {
    answers: true,
    code: 'ECONNREFUSED',
    hasRoom: true,
    /** How far this machine's clock is ahead. */
    aheadMs: 0,
    cuts: [] as number[],
    commitsCut: 0,
    probesCut: 0,
    probes: 0,
    hangs: undefined as Promise<DatabaseTime> | undefined,
  }
  const time = () => ({ ms: clock.now().getTime(), atMonotonicMs: clock.monotonicMs() })
  const answer = (isGood: boolean) =>
    isGood ? Promise.resolve(time()) : Promise.reject(Object.assign(new Error('no'), { code: database.code }))
  const logged: string[] = []
  const corrections: number[] = []
  const watch = createDatabaseWatch({
    replica,
    clock: { ...clock, now: () => new Date(clock.now().getTime() + database.aheadMs) },
    log: pino({ base: null, timestamp: false }, { write: (line) => logged.push(JSON.parse(line).msg) }),
    probe: () => {
      database.probes++
      return database.hangs ?? answer(database.answers)
    },
    probeRoom: () => answer(database.hasRoom),
    cutCommits: () => void database.commitsCut++,
    cutProbe: () => void database.probesCut++,
    correctClock: (aheadMs) => void corrections.push(aheadMs),
    cut: (unlessHeardWithinMs) => void database.cuts.push(unlessHeardWithinMs),
  })
  onTestFinished(watch.stop)
  return { replica, clock, database, time, watch, logged, corrections }
}

test('invariant 16: the database counts as down once its session is lost and it does not answer, from the loss on', async () => {
  const { replica, clock, database, watch } = watchPlayed()
  database.answers = false
  expect(watch.isDown()).toBe(false)

  replica.lose()
  clock.advance(500)
  await vi.waitFor(() => expect(watch.isDown()).toBe(true), patiently)

  expect(watch.downForMs()).toBe(500)
  expect(database.cuts.slice(0, 2)).toEqual([500, 0])
})

test('a lost session alone is not an outage: the database is asked, and silent connections are closed', async () => {
  const { replica, watch, database } = watchPlayed()
  replica.lose()

  expect(await watch.suspect()).toBe(false)
  expect(database.cuts).toEqual([500])
})

test('invariant 16: waiting work fails when the database goes down; when it is back, the first notification is to read again', async () => {
  const { database, watch } = watchPlayed()
  const waiting = watch.whileUp(new Promise(() => {}))
  database.answers = false
  await watch.suspect()
  await expect(waiting).rejects.toThrow('The database does not answer.')
  await expect(watch.whileUp(new Promise(() => {}))).rejects.toThrow('The database does not answer.')

  const wasDownWhenTold = Promise.withResolvers<boolean>()
  watch.onUp(() => wasDownWhenTold.resolve(watch.isDown()))
  database.answers = true

  expect(await wasDownWhenTold.promise).toBe(true)
  expect(watch.isDown()).toBe(false)
  expect(watch.downForMs()).toBe(0)
  expect(await watch.whileUp(Promise.resolve('work'))).toBe('work')
})

test('an outage is logged once when it begins and once when it ends, however often it is asked about', async () => {
  const { database, watch, logged } = watchPlayed()
  database.answers = false
  for (let times = 0; times < 5; times++) await watch.suspect(new Error('no'))
  expect(logged).toEqual([expect.stringMatching(/^the database stores nothing/)])

  database.answers = true
  await vi.waitFor(() => expect(watch.isDown()).toBe(false), patiently)
  expect(logged.slice(1)).toEqual(['the database is back'])
})

test.for([
  { code: '25006', trouble: 'read-only', cuts: [] },
  { code: 'ECONNREFUSED', trouble: 'down', cuts: [0] },
])('invariant 26: a database that answers $code is $trouble', async ({ code, trouble, cuts }) => {
  const { database, watch } = watchPlayed()
  Object.assign(database, { answers: false, code })
  expect(await watch.suspect()).toBe(true)
  expect(watch.trouble()).toBe(trouble)
  expect(database.cuts).toEqual(cuts) // A database that answers keeps its connections.
})

test('invariant 26: a full disk counts as full until there is room again, even if single rows still fit', async () => {
  const { database, watch, clock } = watchPlayed()
  database.hasRoom = false
  expect(await watch.suspect(Object.assign(new Error('no'), { code: '53100' }))).toBe(true)
  expect(watch.trouble()).toBe('full')
  clock.advance(60_000)
  expect(await watch.suspect()).toBe(true)

  database.hasRoom = true
  await vi.waitFor(() => expect(watch.trouble()).toBeUndefined(), patiently)
})

test('invariant 26: each answer shows whether the clocks differ too much, which is logged once; then the database’s counts', async () => {
  const { database, watch, logged, corrections } = watchPlayed()
  for (const [aheadMs, offByMs] of [
    [59_000, undefined],
    [-61_000, -61_000],
    [61_000, 61_000],
    [-59_000, undefined],
  ] as const) {
    database.aheadMs = aheadMs
    await watch.suspect()
    expect(watch.clockOffByMs()).toBe(offByMs)
  }
  expect(corrections).toEqual([0, -61_000, 61_000, 0])
  expect(logged).toEqual([expect.stringMatching(/^the clocks of this machine and the database disagree/)])
})

test('a clock that is set while the database answers is corrected by what it says when the answer has come', async () => {
  const { database, time, watch, clock, corrections } = watchPlayed()
  const answer = Promise.withResolvers<DatabaseTime>()
  database.hangs = answer.promise
  const isDown = watch.suspect()
  const asked = time()
  clock.advance(300)
  database.aheadMs = 5 * 3_600_000
  answer.resolve(asked)

  expect(await isDown).toBe(false)
  expect(corrections).toEqual([5 * 3_600_000])
})

test('invariant 26: a hanging commit is ended after three seconds, and only one probe waits for the database', async () => {
  const { database, time, watch, clock } = watchPlayed()
  const commit = Promise.withResolvers<DatabaseTime>()
  database.hangs = commit.promise
  expect(await watch.suspect()).toBe(true)
  expect([watch.trouble(), database.commitsCut]).toEqual(['not-committing', 0])
  clock.advance(3_000)
  await vi.waitFor(() => expect(database.commitsCut).toBe(1), patiently)
  expect(database).toMatchObject({ probes: 1, cuts: [] })

  database.hangs = undefined
  commit.resolve(time())
  await vi.waitFor(() => expect(watch.isDown()).toBe(false), patiently)
})

test('invariant 26: a question that is never answered is given up after fifteen seconds, and asked over another connection', async () => {
  const { database, watch, clock } = watchPlayed()
  database.hangs = new Promise(() => {})
  expect(await watch.suspect()).toBe(true)
  database.hangs = undefined
  clock.advance(14_999)
  expect(await watch.suspect()).toBe(true)
  expect(database).toMatchObject({ probes: 1, probesCut: 0 })

  clock.advance(1)
  await vi.waitFor(() => expect(watch.isDown()).toBe(false), patiently)
  expect(database).toMatchObject({ probes: 2, probesCut: 1 })
})

test('the database is up again even if one of its listeners throws', async () => {
  const { database, watch } = watchPlayed()
  watch.onUp(() => {
    throw new Error('a bug')
  })
  database.answers = false
  await watch.suspect()
  database.answers = true

  await vi.waitFor(() => expect(watch.isDown()).toBe(false), patiently)
  expect(await watch.suspect()).toBe(false)
})

test('finished work leaves nothing in memory, however long the database stays up', async () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  const { watch } = watchPlayed()
  const work = async (times: number) => {
    for (let index = 0; index < times; index++) await watch.whileUp(Promise.resolve(index))
    collectGarbage()
    return process.memoryUsage().heapUsed
  }
  const before = await work(1_000)
  const after = await work(20_000)

  expect(after - before).toBeLessThan(500_000)
})
