import { expect, test } from 'vitest'
import { createGroupWriter } from './group-writer.ts'

/** A database whose statements end when the test says so. */
function playDatabase({ fails = (_rows: readonly number[]): unknown => undefined } = {}) {
  const statements: Array<readonly number[]> = []
  const held: Array<() => void> = []
  return {
    statements,
    finishOne: () => held.shift()?.(),
    async write(rows: readonly number[]) {
      statements.push(rows)
      await new Promise<void>((resolve) => held.push(resolve))
      const failure = fails(rows)
      if (failure) throw failure
      return rows.map((row) => row * 10)
    },
  }
}
const turn = () => new Promise(setImmediate)

test('rows that arrive while a statement runs are written by the next one', async () => {
  const database = playDatabase()
  const write = createGroupWriter({ write: database.write })

  const first = [write(1), write(2)]
  await turn()
  const second = [write(3), write(4), write(5)]
  await turn()
  expect(database.statements).toEqual([[1, 2]])
  database.finishOne()
  expect(await Promise.all(first)).toEqual([10, 20])
  await turn()
  database.finishOne()

  expect(await Promise.all(second)).toEqual([30, 40, 50])
  expect(database.statements).toEqual([
    [1, 2],
    [3, 4, 5],
  ])
})

test('after a group of several rows the writer waits a while for as many more; after a single row it does not', async () => {
  const database = playDatabase()
  const gathers: Array<() => void> = []
  const gather = () => new Promise<void>((resolve) => gathers.push(resolve))
  const write = createGroupWriter({ write: database.write, gather })
  const finish = async () => {
    database.finishOne()
    await turn()
  }

  const all = [write(1), write(2)]
  await turn()
  all.push(write(3))
  await finish()
  all.push(write(4))
  await turn()
  expect(database.statements).toEqual([[1, 2]])
  all.push(write(5))
  await turn()
  expect(database.statements).toEqual([
    [1, 2],
    [3, 4, 5],
  ])

  await finish()
  all.push(write(6))
  await turn()
  expect(database.statements).toHaveLength(2)
  for (const end of gathers.splice(0)) end()
  await turn()
  all.push(write(7))
  await finish()
  expect(gathers).toEqual([])
  expect(database.statements.slice(2)).toEqual([[6], [7]])
  await finish()
  expect(await Promise.all(all)).toEqual([10, 20, 30, 40, 50, 60, 70])
})

test('a bad row costs only itself', async () => {
  const duplicate = Object.assign(new Error('wrapped'), { cause: Object.assign(new Error('twice'), { code: '23505' }) })
  const database = playDatabase({ fails: (rows) => rows.includes(2) && duplicate })
  const write = createGroupWriter({ write: database.write })

  const all = Promise.allSettled([write(1), write(2), write(3)])
  for (let statement = 0; statement < 4; statement++) {
    await turn()
    database.finishOne()
  }

  expect(await all).toMatchObject([{ value: 10 }, { reason: duplicate }, { value: 30 }])
})

test('if rows can be written alone, those of a failed group do not delay others', async () => {
  const database = playDatabase({ fails: (rows) => rows.includes(2) && new Error('locked') })
  const apart = Promise.withResolvers<number>()
  const write = createGroupWriter({
    write: database.write,
    apart: { write: (row) => (row === 2 ? apart.promise : Promise.resolve(row)), mayHelp: () => true },
  })

  const failed = [write(1), write(2)]
  await turn()
  const later = write(3)
  database.finishOne()
  expect(await failed[0]).toBe(1)
  await turn()
  database.finishOne()
  expect(await later).toBe(30)
  apart.resolve(22)
  expect(await failed[1]).toBe(22)
})

test('a database that is gone is asked once for all of them', async () => {
  const gone = Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })
  const database = playDatabase({ fails: () => gone })
  const write = createGroupWriter({ write: database.write })

  const all = Promise.allSettled([write(1), write(2)])
  await turn()
  database.finishOne()

  expect(await all).toMatchObject([{ reason: gone }, { reason: gone }])
  expect(database.statements).toHaveLength(1)
})

test('groups and the queue are bounded: rows beyond that are refused with a time to retry', async () => {
  const database = playDatabase()
  const write = createGroupWriter({ write: database.write, maxRows: 2, maxWaiting: 3 })

  const taken = [write(1), write(2), write(3)]
  await expect(write(4)).rejects.toMatchObject({ reason: 'OVERLOADED', retryAfterMs: 1_000 })
  for (let statement = 0; statement < 2; statement++) {
    await turn()
    database.finishOne()
  }

  expect(await Promise.all(taken)).toEqual([10, 20, 30])
  expect(database.statements).toEqual([[1, 2], [3]])
})
