import type { Action } from '@standin/client'
import { expect, test } from 'vitest'
import { startOfAction } from './start-of-action.ts'

const action = (changes: Partial<Action> = {}): Action => ({
  id: 'fleet-snapshot',
  title: 'Fleet snapshot',
  description: '',
  changesData: false,
  scopes: ['asset.view'],
  missingScopes: [],
  inputSchema: { type: 'object', properties: { siteIds: { type: 'array', default: [] } } },
  ...changes,
})

test('an action without required input starts from its row, also while the access is new', () => {
  expect(startOfAction(action(), 'active')).toBe('ready')
  expect(startOfAction(action(), 'pending')).toBe('ready')
})

test.each(['parked', 'rejected', 'quarantined', 'awaiting-approval', 'superseded'] as const)(
  'nothing starts while the installation is %s',
  (state) => expect(startOfAction(action(), state)).toBe('needs-access'),
)

test('a missing permission, a preview and a form each stand in the way', () => {
  expect(startOfAction(action({ missingScopes: ['account.site.manage'] }), 'active')).toBe('needs-permission')
  expect(startOfAction(action({ changesData: true }), 'active')).toBe('needs-preview')
  expect(startOfAction(action({ inputSchema: { type: 'object', required: ['days'] } }), 'active')).toBe('needs-form')
})
