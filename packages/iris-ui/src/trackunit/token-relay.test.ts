import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createTokenRelay } from './token-relay.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('passes the newest token on at once', async () => {
  const relay = createTokenRelay(1_000)
  relay.offer('first')
  relay.offer('renewed')
  expect(await relay.take()).toBe('renewed')
})

test('lets callers wait for the first token', async () => {
  const relay = createTokenRelay(1_000)
  const callers = Promise.all([relay.take(), relay.take()])
  relay.offer('first')
  expect(await callers).toEqual(['first', 'first'])
})

test('gives up when the host has no token for too long', async () => {
  const relay = createTokenRelay(1_000)
  relay.offer('first')
  relay.offer(undefined)
  const refused = expect(relay.take()).rejects.toThrow('no token')
  await vi.advanceTimersByTimeAsync(1_000)
  await refused
})
