import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { closingAfter } from './closing-after.ts'

async function* cutAfter(count: number) {
  for (let event = 1; event <= count; event++) yield event
  throw new DOMException('the caller may no longer read', 'AbortError')
}

test('closes once, when the reader leaves, when the stream ends and when it breaks', async () => {
  let closed = 0
  const close = () => closed++
  for await (const event of closingAfter(cutAfter(2), close)) if (event === 1) break
  expect(closed).toBe(1)
  await expect(Array.fromAsync(closingAfter(cutAfter(2), close))).rejects.toThrow('no longer read')
  expect(closed).toBe(2)
})

test('a reader that drops its last answer does not end the process', async () => {
  const unnoticed: unknown[] = []
  const listeners = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', (error) => unnoticed.push(error))
  onTestFinished(() => {
    process.removeAllListeners('unhandledRejection')
    for (const listener of listeners) process.on('unhandledRejection', listener)
  })

  const events = closingAfter(cutAfter(0), () => {})
  void events.next()
  await turn()
  await turn()
  expect(unnoticed).toEqual([])
})
