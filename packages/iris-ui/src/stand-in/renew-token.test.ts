import { expect, test } from 'vitest'
import { renewInMs } from './renew-token.ts'

const NOW_MS = 1_000_000
const tokenFor = (seconds: number) => `h.${btoa(JSON.stringify({ exp: (NOW_MS + seconds * 1_000) / 1_000 }))}.s`

test.each([
  ['an hour', tokenFor(3_600), 3_540_000],
  ['30 seconds', tokenFor(30), 15_000],
  ['ten seconds', tokenFor(10), 5_000],
])('a token that lives %s is renewed in time', (_life, token, inMs) => {
  expect(renewInMs(token, NOW_MS)).toBe(inMs)
})

test('an expired token is renewed at once, and a missing one is requested again soon', () => {
  expect(renewInMs(tokenFor(-5), NOW_MS)).toBe(0)
  expect(renewInMs(undefined, NOW_MS)).toBe(5_000)
  expect(renewInMs('opaque', NOW_MS)).toBe(240_000)
})
