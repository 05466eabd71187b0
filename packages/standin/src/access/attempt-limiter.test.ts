import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createAttemptLimiter } from './attempt-limiter.ts'
import { networkOf } from './network-of.ts'

const setUp = () => {
  vi.useFakeTimers() // The library reads the time itself.
  onTestFinished(() => void vi.useRealTimers())
  const limiter = createAttemptLimiter({ address: 3, inAll: 5 })
  const times = async (address: string, count: number) => {
    let allowed = 0
    for (let attempt = 0; attempt < count; attempt++) if (await limiter.allows(address)) allowed++
    return allowed
  }
  return { advance: (ms: number) => vi.advanceTimersByTime(ms), times }
}

test('one address and all together each have a limit per minute, and both reset', async () => {
  const { advance, times } = setUp()
  const allowed = [await times('192.0.2.1', 9), await times('192.0.2.2', 9), await times('192.0.2.3', 9)]
  expect(allowed).toEqual([3, 2, 0])
  advance(59_999)
  expect(await times('192.0.2.1', 1)).toBe(0)
  advance(1)
  expect(await times('192.0.2.1', 9)).toBe(3)
})

test('a flood from one address does not use up the limit of all', async () => {
  const { times } = setUp()
  await times('192.0.2.1', 1_000)
  expect(await times('192.0.2.2', 9)).toBe(2)
})

describe('a network of IPv6 counts as one address', () => {
  test.each([
    ['2001:db8:1:2::1', '2001:db8:1:2'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:5678', '192.0.2.1'],
    ['no address', 'no address'],
  ])('%s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})
