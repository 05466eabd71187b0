import type { CredentialState } from '@standin/contracts'
import { describe, expect, test } from 'vitest'
import type { CredentialRow, InstallationRow } from './account-store.ts'
import { describeInstallation } from './describe-installation.ts'

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second))
const row = (generation: number, state: CredentialState, change: Partial<CredentialRow> = {}) =>
  ({
    generation,
    state,
    reason: null,
    since: at(generation),
    issuedAt: at(generation),
    tieBreak: '0',
    receivedAt: at(generation),
    attempts: 0,
    claimedBy: null,
    triedAt: null,
    nextAttemptAt: null,
    provenAt: null,
    grantedScopes: null,
    missingFromPlan: null,
    ...change,
  }) as CredentialRow
const seen = (rows: CredentialRow[], installation?: Partial<InstallationRow>) =>
  describeInstallation('account', {
    installation: installation as InstallationRow | undefined,
    rows: rows.toSorted((left, right) => right.generation - left.generation),
    requestedScopes: ['a', 'b', 'c'],
    patienceMs: 900_000,
    eraseAfterMs: 86_400_000,
    now: at(9),
  })

test('an account that never installed has no state', () => {
  expect(seen([])).toEqual({
    accountId: 'account',
    state: 'none',
    since: null,
    reason: null,
    generation: null,
    requestedScopes: ['a', 'b', 'c'],
    grantedScopes: [],
    deniedScopes: [],
    missingFromPlan: [],
    waiting: [],
    uninstallSignalledAt: null,
    trackunit: { unavailableSince: null, limitedUntil: null },
  })
})

test('an uninstall is shown even if nothing else is known', () => {
  expect(seen([], { uninstalledAt: at(5) })).toMatchObject({ state: 'uninstalled', since: at(5).toISOString() })
})

describe('which credentials determine the account’s state', () => {
  test.each<[string, CredentialRow[], [CredentialState, number]]>([
    ['those in force, even if newer ones wait', [row(1, 'active'), row(2, 'awaiting-approval')], ['active', 1]],
    ['parked ones are in force', [row(1, 'parked'), row(2, 'pending')], ['parked', 1]],
    ['the newest if none are in force', [row(1, 'uninstalled'), row(2, 'rejected'), row(3, 'pending')], ['pending', 3]],
    ['history only if there is nothing else', [row(1, 'uninstalled'), row(2, 'superseded')], ['uninstalled', 1]],
    ['history alone', [row(1, 'superseded')], ['superseded', 1]],
  ])('%s', (_title, rows, [state, generation]) => {
    expect(seen(rows)).toMatchObject({ state, generation, since: at(generation).toISOString() })
  })
})

test('credentials sent after those in force are waiting, whatever their number', () => {
  const { waiting } = seen([
    row(1, 'awaiting-approval', { issuedAt: at(9), reason: 'CREDENTIALS_AWAITING_APPROVAL' }),
    row(2, 'rejected', { issuedAt: at(1) }),
    row(3, 'active', { issuedAt: at(5) }),
    row(4, 'quarantined', { issuedAt: at(6) }),
    row(5, 'superseded', { issuedAt: at(7) }),
    row(6, 'uninstalled', { issuedAt: at(8) }),
  ])
  expect(waiting.map(({ generation, state, reason }) => [generation, state, reason])).toEqual([
    [4, 'quarantined', null],
    [1, 'awaiting-approval', 'CREDENTIALS_AWAITING_APPROVAL'],
  ])
})

test('credentials that a person refused are no longer waiting; those that Trackunit refuses are', () => {
  const { waiting } = seen([
    row(1, 'active'),
    row(2, 'rejected', { triedAt: at(2) }),
    row(3, 'rejected', { provenAt: at(4), triedAt: at(3) }),
    row(4, 'rejected', { provenAt: at(4) }),
    row(5, 'rejected', { provenAt: at(4), triedAt: at(5) }), // Sent again since.
  ])
  expect(waiting.map(({ generation }) => generation)).toEqual([5, 2])
})

test('denied scopes are those requested and not granted, known only after a proof', () => {
  const grantedScopes = ['a', 'c']
  expect(seen([row(1, 'active', { provenAt: at(2), grantedScopes })])).toMatchObject({
    grantedScopes,
    deniedScopes: ['b'],
  })
  expect(seen([row(1, 'pending')])).toMatchObject({ grantedScopes: [], deniedScopes: [] })
})

test('invariant 17: denied scopes that the plan lacks are named', () => {
  const found = { provenAt: at(2), grantedScopes: ['a'], missingFromPlan: ['c', 'not asked for any more'] }
  expect(seen([row(1, 'active', found)])).toMatchObject({ deniedScopes: ['b', 'c'], missingFromPlan: ['c'] })
  expect(seen([row(1, 'active', { ...found, missingFromPlan: null })])).toMatchObject({ missingFromPlan: [] })
})

test('a signalled uninstall is shown in addition to the state', () => {
  expect(seen([row(1, 'active')], { uninstallSignalledAt: at(7) })).toMatchObject({
    state: 'active',
    uninstallSignalledAt: at(7).toISOString(),
  })
})

test('trouble that exchanges had with Trackunit is shown as points in time', () => {
  const trackunit = { unavailableSince: at(3), limitedUntil: at(9) }
  expect(
    describeInstallation('account', {
      installation: undefined,
      rows: [],
      requestedScopes: [],
      patienceMs: 900_000,
      eraseAfterMs: 86_400_000,
      now: at(9),
      trackunit,
    }),
  ).toMatchObject({ trackunit: { unavailableSince: at(3).toISOString(), limitedUntil: at(9).toISOString() } })
})

describe('access that does not work shows its attempts', () => {
  const tried = { attempts: 6, triedAt: at(60), nextAttemptAt: at(90) }

  test('while it is tried for the first time, with the time at which it is given up', () => {
    expect(seen([row(1, 'pending', tried)]).tries).toEqual({
      count: 6,
      beganAt: at(1).toISOString(),
      lastAt: at(60).toISOString(),
      nextAt: at(90).toISOString(),
      endsAt: at(901).toISOString(),
    })
  })

  test('during an attempt, which neither counts nor is the next one', () => {
    // A prover that died would be followed by another at `nextAttemptAt`.
    expect(seen([row(1, 'pending', { ...tried, claimedBy: 4 })]).tries).toMatchObject({ count: 5, nextAt: null })
  })

  test('after it was given up', () => {
    const { tries } = seen([row(1, 'rejected', { ...tried, nextAttemptAt: null })])
    expect(tries).toMatchObject({ count: 6, lastAt: at(60).toISOString(), nextAt: null, endsAt: null })
  })

  test('while access that worked is refused, and since when', () => {
    const { tries } = seen([row(1, 'parked', { ...tried, since: at(50) })])
    expect(tries).toMatchObject({ beganAt: at(50).toISOString(), nextAt: at(90).toISOString(), endsAt: null })
  })

  test('but not for access that works or that a user refused', () => {
    expect(seen([row(1, 'active', tried)])).not.toHaveProperty('tries')
    expect(seen([row(1, 'rejected')])).not.toHaveProperty('tries')
  })
})
