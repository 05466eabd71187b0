import { describe, expect, test } from 'vitest'
import { createAdjustableClock } from '../../test/adjustable-clock.ts'
import { createAttemptLimiter, networkOf } from './attempt-limiter.ts'

const setUp = () => {
  const clock = createAdjustableClock()
  const limiter = createAttemptLimiter({ address: 3, inAll: 5 }, clock)
  const times = (address: string, count: number) =>
    Array.from({ length: count }, () => limiter.allows(address)).filter(Boolean).length
  return { clock, times }
}

test('an address has its share of a minute, all together have theirs, and both begin anew', () => {
  const { clock, times } = setUp()
  expect([times('192.0.2.1', 9), times('192.0.2.2', 9), times('192.0.2.3', 9)]).toEqual([3, 2, 0])
  clock.advance(59_999)
  expect(times('192.0.2.1', 1)).toBe(0)
  clock.advance(1)
  expect(times('192.0.2.1', 9)).toBe(3)
})

test('a flood of one address uses up nothing of what is for all', () => {
  const { times } = setUp()
  times('192.0.2.1', 1_000)
  expect(times('192.0.2.2', 9)).toBe(2)
})

describe('a network of IPv6 counts as one address', () => {
  test.each([
    ['2001:db8:1:2::1', '2001:db8:1:2'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
    ['no address', 'no address'],
  ])('%s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})
