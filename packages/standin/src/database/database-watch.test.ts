import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createAdjustableClock } from '../../test/adjustable-clock.ts'
import { createDatabaseWatch } from './database-watch.ts'
import { createReplica } from './replica.ts'

/** A database that answers as the test says. */
function watchPlayed() {
  const replica = createReplica()
  replica.hold(1)
  const clock = createAdjustableClock()
  const database = { answers: true, cuts: [] as number[] }
  const watch = createDatabaseWatch({
    ...{ replica, clock },
    ask: () => (database.answers ? Promise.resolve() : Promise.reject(new Error('no'))),
    cut: (unlessHeardWithinMs) => void database.cuts.push(unlessHeardWithinMs),
  })
  onTestFinished(watch.stop)
  return { replica, clock, database, watch }
}

test('invariant 16: it is down once its session is lost and it does not answer, counted from the loss', async () => {
  const { replica, clock, database, watch } = watchPlayed()
  database.answers = false
  expect(watch.isDown()).toBe(false)

  replica.lose()
  clock.advance(500)
  await vi.waitFor(() => expect(watch.isDown()).toBe(true))

  expect(watch.downForMs()).toBe(500)
  expect(database.cuts.slice(0, 2)).toEqual([500, 0])
})

test('a lost session alone is no outage: the database is asked, and connections that are silent are ended', async () => {
  const { replica, watch, database } = watchPlayed()
  replica.lose()

  expect(await watch.suspect()).toBe(false)
  expect(database.cuts).toEqual([500])
})

test('invariant 16: what waits for it fails when it goes down, and what is said first at its return is to read again', async () => {
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

test('nothing is kept of work that has ended, however long the database stays up', async () => {
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
