import { describe, expect, test } from 'vitest'
import { Secret } from '../config/secret.ts'
import { scopesToIssue } from './account-scopes.ts'
import { toIssuedToken } from './issue-to-caller.ts'

const service = (...grantedScopes: string[]) =>
  ({ kind: 'service', service: 'reports', keyId: 'k', grantedScopes, macs: [] }) as const
const run = { kind: 'system', id: 'run 1' } as const
const manifestScopes = ['a', 'b', 'c']

describe('invariant 18: a token has no scope that was not granted', () => {
  test.for([
    {
      title: 'what service and account have in common',
      receiver: service('b', 'a'),
      asked: undefined,
      granted: ['c', 'b'],
      gets: ['b'],
    },
    {
      title: 'what it asked for, sorted and once',
      receiver: service('a', 'b'),
      asked: ['b', 'a', 'b'],
      granted: ['a', 'b'],
      gets: ['a', 'b'],
    },
    { title: 'a run, what its action declares', receiver: run, asked: ['c'], granted: ['a', 'c'], gets: ['c'] },
  ])('given out: $title', ({ receiver, asked, granted, gets }) => {
    expect(
      scopesToIssue({ receiver, asked, granted: { grantedScopes: granted, missingFromPlan: [] }, manifestScopes })
        .scopes,
    ).toEqual(gets)
  })

  test.for([
    {
      title: 'outside the manifest',
      receiver: service('a', 'x'),
      asked: ['x'],
      granted: ['x'],
      reason: 'SCOPE_NOT_IN_MANIFEST',
    },
    {
      title: 'not granted to the service',
      receiver: service('a'),
      asked: ['a', 'b'],
      granted: ['a', 'b'],
      reason: 'SCOPE_FORBIDDEN',
    },
    {
      title: 'not granted by the account',
      receiver: service('a', 'b'),
      asked: ['b'],
      granted: ['a'],
      reason: 'SCOPE_NOT_GRANTED',
    },
    {
      title: 'not in the plan of the account',
      receiver: service('a', 'b'),
      asked: ['a', 'b'],
      granted: ['a'],
      missingFromPlan: ['b'],
      reason: 'PLAN_REQUIRED',
    },
    {
      title: 'all that the service may have is not in the plan of the account',
      receiver: service('b'),
      asked: undefined,
      granted: ['a'],
      missingFromPlan: ['b'],
      reason: 'PLAN_REQUIRED',
    },
    {
      title: 'nothing in common',
      receiver: service('a'),
      asked: undefined,
      granted: ['b'],
      reason: 'SCOPE_NOT_GRANTED',
    },
    {
      title: 'an empty grant',
      receiver: service(),
      asked: undefined,
      granted: ['a', 'b'],
      reason: 'SCOPE_NOT_GRANTED',
    },
    // A request without scopes is answered with all that the app has.
    {
      title: 'a run of an action without scopes',
      receiver: run,
      asked: [],
      granted: ['a'],
      reason: 'SCOPE_NOT_GRANTED',
    },
  ])('refused: $title', ({ receiver, asked, granted, missingFromPlan = [], reason }) => {
    expect(() =>
      scopesToIssue({ receiver, asked, granted: { grantedScopes: granted, missingFromPlan }, manifestScopes }),
    ).toThrow(expect.objectContaining({ reason }))
  })

  test('a refusal names the scopes', () => {
    expect(() =>
      scopesToIssue({
        receiver: service('a'),
        asked: ['a', 'b', 'c'],
        granted: { grantedScopes: [], missingFromPlan: [] },
        manifestScopes,
      }),
    ).toThrow('Asked for: b, c.')
  })
})

test('a token goes over the wire with what is left of it, in whole milliseconds', () => {
  const token = {
    accessToken: new Secret('t'),
    fingerprint: 'f',
    scopes: ['a'],
    leftMs: 100_000.7,
    lifetimeMs: 1_200_000,
  }

  expect(toIssuedToken(token, { now: new Date('2026-01-01T00:00:00Z'), allowedCacheMs: 300_000 })).toEqual({
    accessToken: 't',
    tokenType: 'Bearer',
    expiresAt: '2026-01-01T00:01:40.000Z',
    expiresInMs: 100_000,
    cacheForMs: 40_000,
    scopes: ['a'],
  })
})
