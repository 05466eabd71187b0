import { expect, test } from 'vitest'
import type { Account } from '../accounts/account-store.ts'
import type { KnownCallback } from './callback-decision.ts'
import { decideGroup } from './decide-group.ts'
import { mostUnproven } from './identity-quota.ts'

const now = new Date('2025-03-01T12:00:00Z')
const accountOf = (number: number) => `11111111-1111-4111-8111-${String(number).padStart(12, '0')}`

const neverInstalled = (accountId: string): Account => ({
  installation: {
    accountId,
    activeGeneration: null,
    lastGeneration: 0,
    uninstalledAt: null,
    suspendedUpTo: null,
    suspendedAt: null,
    restoredUpTo: null,
    erasingSince: null,
    pausedAt: null,
    name: null,
    nameInLowerCase: null,
    uninstallSignalledAt: null,
    uninstallDismissedAt: null,
    uninstallProbedAt: null,
    changedAt: now,
    mac: null,
    isUnreviewed: false,
    reviewingUntil: null,
  },
  credentials: [],
})

/** A first install. */
const installed = (number: number, change: Partial<KnownCallback> & { bound?: boolean } = {}): KnownCallback => {
  const body = {
    ...({ type: 'INSTALLED', irisAppId: '@acme/fleet', accountId: accountOf(number) } as const),
    clientId: `client-${number}`,
    clientSecret: 's3cr3t',
  }
  return {
    verified: {
      callback: { kind: 'INSTALLED', body },
      identity: { issuedAt: now, expired: false, claimNames: [], algorithm: 'ES256', issuer: null, audiences: [] },
      identityDigest: 'a jwt',
      bound: change.bound ?? false,
    },
    contentDigest: `digest-${number}`,
    appliedBefore: false,
    appliedAtThatTime: false,
    clientServesAnother: false,
    identityTotal: 0,
    identityOfAccount: 0,
    ...change,
  }
}

const decided = (callbacks: KnownCallback[], unproven = 0) => {
  const accounts = new Map(
    callbacks.map(({ verified }) => {
      const { accountId } = verified.callback.body
      return [accountId, neverInstalled(accountId)]
    }),
  )
  const { outcomes } = decideGroup(callbacks, { accounts, unproven, now })
  return outcomes.map((outcome) => ('refused' in outcome ? outcome.refused.reason : outcome.status))
}

test('callbacks of a group count towards the quota of their JWT', () => {
  const known = { identityTotal: 4_999, bound: true }
  expect(decided([installed(1, known), installed(2, known)])).toEqual(['accepted', 'RATE_LIMITED'])
})

test('a group fills the quota of unproven installs, except those of a JWT with few callbacks', () => {
  const known = { identityTotal: 20 }
  expect(decided([installed(1, known), installed(2, known), installed(3)], mostUnproven - 1)).toEqual([
    'accepted',
    'OVERLOADED',
    'accepted',
  ])
})

test('the same twice in a group is a duplicate, and enters the ledger once', () => {
  const [first, second] = [installed(1), installed(1)]
  const accounts = new Map([[accountOf(1), neverInstalled(accountOf(1))]])
  const { outcomes } = decideGroup([first, second], { accounts, unproven: 0, now })
  expect(outcomes).toMatchObject([
    { status: 'accepted', isEntered: true },
    { status: 'duplicate', isEntered: false },
  ])
})
