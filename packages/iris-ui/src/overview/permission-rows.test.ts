import { expect, test } from 'vitest'
import { permissionRows } from './permission-rows.ts'

const installation = {
  accountId: '5f3c1a52-2b1d-4a39-9d7e-0b1b6b7f2c11',
  state: 'active',
  since: null,
  reason: null,
  generation: 1,
  waiting: [],
  uninstallSignalledAt: null,
  mayApprove: false,
  trackunit: { unavailableSince: null, limitedUntil: null },
} as const

test('granted permissions come first, denied ones last, each once', () => {
  const rows = permissionRows({
    ...installation,
    waiting: [],
    requestedScopes: ['account.event.manage', 'account.site.manage', 'asset.view', 'account.view'],
    grantedScopes: ['account.view', 'asset.view'],
    deniedScopes: ['account.event.manage', 'account.site.manage'],
    missingFromPlan: ['account.event.manage'],
  })
  expect(rows).toEqual([
    { scope: 'asset.view', state: 'granted' },
    { scope: 'account.view', state: 'granted' },
    { scope: 'account.site.manage', state: 'denied' },
    { scope: 'account.event.manage', state: 'not-in-plan' },
  ])
})

test('before the first token, every permission is unknown', () => {
  const rows = permissionRows({
    ...installation,
    waiting: [],
    requestedScopes: ['asset.view'],
    grantedScopes: [],
    deniedScopes: [],
    missingFromPlan: [],
  })
  expect(rows).toEqual([{ scope: 'asset.view', state: 'unknown' }])
})
