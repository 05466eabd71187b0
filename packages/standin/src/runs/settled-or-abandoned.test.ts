import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RunStopped } from './run-stopped.ts'
import { settledOrAbandoned } from './settled-or-abandoned.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const graceMs = 10_000

/** Work that ends when the test says so, and the outcome of waiting for it. */
function begin({ isTold = false } = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const telling = new AbortController()
  if (isTold) telling.abort()
  const seen: unknown[] = []
  settledOrAbandoned(promise, { signal: telling.signal, graceMs }).then(
    () => seen.push('settled'),
    (error: unknown) => seen.push(error),
  )
  return { resolve, reject, tell: () => telling.abort(), seen }
}

test('awaits work that was not asked to stop, however long it takes', async () => {
  const { seen, resolve } = begin()
  await vi.advanceTimersByTimeAsync(24 * 3_600_000)
  expect(seen).toEqual([])
  resolve()
  await vi.advanceTimersByTimeAsync(0)
  expect(seen).toEqual(['settled'])
  expect(vi.getTimerCount()).toBe(0)
})

test.for([
  { title: 'that ends', end: 'resolve' as const, expected: 'settled' },
  { title: 'that fails', end: 'reject' as const, expected: 'failed' },
])('work $title in time after it was told to stop is believed', async ({ end, expected }) => {
  const work = begin()
  work.tell()
  await vi.advanceTimersByTimeAsync(graceMs - 1)
  work[end]('failed' as never)
  await vi.advanceTimersByTimeAsync(0)
  expect(work.seen).toEqual([expected])
  expect(vi.getTimerCount()).toBe(0)
})

test.for([{ isTold: false }, { isTold: true }])(
  'work that does not listen is abandoned after a while (told before: $isTold), and what it does later disturbs no one',
  async ({ isTold }) => {
    const { seen, tell, reject } = begin({ isTold })
    tell()
    await vi.advanceTimersByTimeAsync(graceMs - 1)
    expect(seen).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(seen).toEqual([expect.any(RunStopped)])
    reject(new Error('late')) // Unhandled, it would fail the whole run of tests.
    await vi.advanceTimersByTimeAsync(0)
  },
)
