import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { type Announcing, inTransaction } from '../context.ts'
import type { Database } from './database.ts'
import { createNotifier, type Notice } from './notices.ts'

/** A notifier whose statements end when the test says so. */
function setUp() {
  const written: Array<{ notices: readonly Notice[]; end: (failed?: Error) => void }> = []
  const notifier = createNotifier((notices) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    written.push({ notices, end: (failed) => (failed ? reject(failed) : resolve()) })
    return promise
  })
  const statement = (index: number) => vi.waitUntil(() => written[index], { timeout: 60_000 })
  return { notifier, written, statement }
}

test('a notice is sent at once, with those of the same moment', async () => {
  const { notifier, written } = setUp()

  notifier.send('run_event', 'a')
  notifier.send('runs_changed', 'b')
  await Promise.resolve()

  expect(written.map(({ notices }) => notices)).toEqual([
    [
      ['run_event', 'a'],
      ['runs_changed', 'b'],
    ],
  ])
})

test('notices that arrive during a statement are sent with the next one, each once', async () => {
  const { notifier, statement } = setUp()
  notifier.send('run_due')
  const first = await statement(0)

  for (const payload of ['a', 'b', 'a']) notifier.send('run_event', payload)
  notifier.send('run_due')
  first.end()

  expect((await statement(1)).notices).toEqual([
    ['run_event', 'a'],
    ['run_event', 'b'],
    ['run_due', ''],
  ])
})

test('a notice that could not be sent is sent again', async () => {
  const { notifier, statement } = setUp()
  notifier.send('run_due')

  const first = await statement(0)
  first.end(new Error('the connection is lost'))

  expect((await statement(1)).notices).toEqual([['run_due', '']])
})

test('closing waits for what is left, and gives up where it cannot be sent', async () => {
  const { notifier, written, statement } = setUp()
  notifier.send('run_due')
  const first = await statement(0)
  notifier.send('run_event', 'a')

  const closed = notifier.close()
  first.end()
  const second = await statement(1)
  second.end(new Error('the database is down'))
  await closed

  expect(written).toHaveLength(2)
})

describe('inTransaction', () => {
  /** Transactions that never reach a database, in the order of what happens. */
  function setUp() {
    const happened: string[] = []
    const db = {
      async transaction<Result>(work: (tx: Database) => Promise<Result>) {
        const result = await work(db)
        happened.push('committed')
        return result
      },
    } as unknown as Database
    const ctx: Announcing<Database> = { db, notices: { send: (channel) => void happened.push(channel) } }
    return { ctx, happened }
  }

  test('sends what was noted after the outermost commit', async () => {
    const { ctx, happened } = setUp()

    await inTransaction(ctx, async (tx) => {
      tx.notices.send('run_due')
      await inTransaction(tx, async (inner) => inner.notices.send('run_event', 'a'))
      happened.push('worked')
    })

    expect(happened).toEqual(['committed', 'worked', 'committed', 'run_due', 'run_event'])
  })

  test('sends nothing if it rolls back', async () => {
    const { ctx, happened } = setUp()

    const failed = inTransaction(ctx, async (tx) => {
      tx.notices.send('run_due')
      throw new Error('no')
    })

    await expect(failed).rejects.toThrow('no')
    expect(happened).toEqual([])
  })
})

test('nothing else asks PostgreSQL to notify: it would lock the database while a commit is flushed', () => {
  const src = join(import.meta.dirname, '..')
  const asking = globSync('**/*.ts', { cwd: src })
    .filter((path) => !path.endsWith('.test.ts') && readFileSync(join(src, path), 'utf8').includes('pg_notify'))
    .sort()

  expect(asking).toEqual(['database/notices.ts', 'operator/doctor/check-database.ts']) // The doctor writes nothing.
})
