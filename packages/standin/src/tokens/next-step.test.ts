import { describe, expect, test } from 'vitest'
import { type ExchangeFailure, failurePolicy, pauseAfter } from '../trackunit/failure-policy.ts'
import { type NextStep, nextStep, type TokenStanding, type WantedToken } from './next-step.ts'

const token = { fingerprint: 'now', lifetimeMs: 3_600_000, leftMs: 600_000 }
const stale = { ...token, leftMs: 60_000 }
const nothing: TokenStanding = {
  inForce: true,
  token: undefined,
  lease: undefined,
  pause: undefined,
  forcedAgoMs: undefined,
  signInPausedForMs: 0,
}
const lease = { fence: 7, leftMs: 1_000, isVoid: false }
const pause = { failure: 'unavailable', leftMs: 5_000 } as const
const wanted: WantedToken = { notThis: undefined, parked: false, ahead: false }
const refused = { ...wanted, notThis: 'now' }
const ahead = { ...refused, ahead: true }
const exchange = { do: 'exchange', forced: false } as const

const table: Array<[string, Partial<TokenStanding>, WantedToken, NextStep]> = [
  ['another generation is in force', { inForce: false, token }, wanted, { do: 'reload-account' }],
  ['there is none', {}, wanted, exchange],
  ['there is one', { token }, wanted, { do: 'serve' }],
  ['there is one, and another is being had', { token, lease }, wanted, { do: 'serve' }],
  ['there is one, and Trackunit is down', { token, pause }, wanted, { do: 'serve' }],
  ['there is one, and the account is parked', { token }, { ...wanted, parked: true }, { do: 'serve' }],
  ['there is one, and the sign-in is down for all', { token, signInPausedForMs: 3_000 }, wanted, { do: 'serve' }],
  [
    'there is none, and the sign-in is down for all',
    { signInPausedForMs: 3_000 },
    wanted,
    { do: 'refuse', reason: 'TRACKUNIT_UNAVAILABLE', retryAfterMs: 3_000 },
  ],
  ['there is none, and the sign-in may be tried again', { signInPausedForMs: -10 }, wanted, exchange],
  [
    'it was refused by an API, and the sign-in is down for all',
    { token, signInPausedForMs: 3_000 },
    refused,
    { do: 'refuse', reason: 'TRACKUNIT_UNAVAILABLE', retryAfterMs: 3_000 },
  ],
  ['it is inside its margin', { token: stale }, wanted, exchange],
  [
    'it is inside its margin, and the account is parked',
    { token: stale },
    { ...wanted, parked: true },
    { do: 'refuse', reason: 'CREDENTIALS_REJECTED' },
  ],
  ['another replica exchanges', { lease, pause }, wanted, { do: 'wait' }],
  ['the one who exchanged has died', { lease: { ...lease, isVoid: true } }, wanted, exchange],
  ['the lease is over', { lease: { ...lease, leftMs: 0 } }, wanted, exchange],
  ['the lease is one’s own', { lease }, { ...wanted, fence: 7 }, exchange],
  ['it was refused by an API', { token }, refused, { do: 'exchange', forced: true }],
  ['it was refused, and a newer one is there', { token: { ...token, fingerprint: 'newer' } }, refused, { do: 'serve' }],
  [
    'it was refused, and was exchanged for that just now',
    { token, forcedAgoMs: 12_000 },
    refused,
    { do: 'refuse', reason: 'TRACKUNIT_REFUSED', retryAfterMs: 18_000 },
  ],
  [
    'it was refused, half a minute after the last one',
    { token, forcedAgoMs: 30_000 },
    refused,
    { do: 'exchange', forced: true },
  ],
  ['it was refused, and has ended besides', { token: stale, forcedAgoMs: 12_000 }, refused, exchange],
  ['it is to be replaced ahead', { token }, ahead, exchange],
  ['it is to be replaced ahead, after a forced one', { token, forcedAgoMs: 12_000 }, ahead, exchange],
  [
    'it is to be replaced ahead, and was already',
    { token: { ...token, fingerprint: 'newer' } },
    ahead,
    { do: 'serve' },
  ],
]

test.for(table)('invariant 11, 14 and 15: where %s', ([, standing, wish, step]) => {
  expect(nextStep({ ...nothing, ...standing }, wish)).toEqual(step)
})

/** The reason that a caller without a valid token gets, and when Trackunit is asked again: after the first failure, and after many. */
const policy: Record<ExchangeFailure, [reason: string, firstS: number, longestS: number, whom: string]> = {
  'invalid-client': ['CREDENTIALS_REJECTED', 2, 900, 'account'],
  'invalid-scope': ['SCOPE_NOT_GRANTED', 60, 3_600, 'scope-set'],
  'plan-required': ['PLAN_REQUIRED', 60, 3_600, 'scope-set'],
  'foreign-account': ['CREDENTIALS_QUARANTINED', 60, 3_600, 'account'],
  'rate-limited': ['TRACKUNIT_RATE_LIMITED', 10, 600, 'account'],
  unavailable: ['TRACKUNIT_UNAVAILABLE', 1, 60, 'account'],
  nonsense: ['TRACKUNIT_UNAVAILABLE', 5, 300, 'account'],
}

describe.for(Object.entries(policy) as Array<[ExchangeFailure, (typeof policy)[ExchangeFailure]]>)(
  'invariant 14: after %s',
  ([failure, [reason, firstS, longestS, whom]]) => {
    test('the caller gets the reason and when to retry, and Trackunit is not asked before', () => {
      const pauseMs = pauseAfter(failure, 1)
      expect(pauseMs).toBe(firstS * 1_000)
      const at = (passedMs: number) => nextStep({ ...nothing, pause: { failure, leftMs: pauseMs - passedMs } }, wanted)

      expect(at(0)).toEqual({ do: 'refuse', reason, retryAfterMs: pauseMs })
      expect(at(pauseMs - 1)).toEqual({ do: 'refuse', reason, retryAfterMs: 1 })
      expect(at(pauseMs)).toEqual(exchange)
    })

    test('the pause ends growing, and holds back whom it concerns', () => {
      expect(pauseAfter(failure, 100)).toBe(longestS * 1_000)
      expect(failurePolicy[failure].pauses).toBe(whom)
    })
  },
)
