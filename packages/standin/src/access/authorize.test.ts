import { describe, expect, test } from 'vitest'
import { grantedScopes, mayActOn, missingForAction } from './authorize.ts'
import type { Caller, Grant, UserCaller } from './caller.ts'

const user = (scopes: UserCaller['scopes']): Caller => ({
  kind: 'user',
  id: 'u',
  name: null,
  accountId: 'mine',
  scopes,
  expiresAt: new Date(0),
})
const service = (...grants: Grant[]): Caller => ({ kind: 'service', service: 's', keyId: 'k', mac: '', grants })
const onAll = { accountId: 'all', scopes: ['read'], mac: '' }
const onMine = { accountId: 'mine', scopes: ['read', 'write'], mac: '' }

describe('invariant 24: who may act on an account', () => {
  test.each<[string, Caller, string, boolean]>([
    ['a user on their own', user(['read']), 'mine', true],
    ['a user on another’s', user(['read']), 'theirs', false],
    ['a user on all', user(['read']), 'all', false],
    ['a service on a granted one', service(onMine), 'mine', true],
    ['a service on another', service(onMine), 'theirs', false],
    ['a service with a grant for all, on any', service(onAll), 'theirs', true],
    ['a service with a grant of no scope', service({ accountId: 'mine', scopes: [], mac: '' }), 'mine', true],
    ['a service without a grant', service(), 'mine', false],
  ])('%s', (_title, caller, accountId, may) => {
    expect(mayActOn(caller, accountId)).toBe(may)
  })
})

describe('invariant 18: deny by default', () => {
  test.each<[string, Grant[], string, string[] | undefined]>([
    ['nothing without a grant', [], 'mine', undefined],
    ['nothing on another account', [onMine], 'theirs', undefined],
    ['what was granted on the account', [onMine], 'mine', ['read', 'write']],
    ['what was granted on all', [onAll], 'theirs', ['read']],
    ['both together, each once', [onAll, onMine], 'mine', ['read', 'write']],
    ['a grant of nothing is a grant of nothing', [{ accountId: 'mine', scopes: [], mac: '' }], 'mine', []],
  ])('%s', (_title, grants, accountId, scopes) => {
    expect(grantedScopes({ grants }, accountId)).toEqual(scopes)
  })
})

describe('which scopes a caller lacks for an action', () => {
  const needs = { accountId: 'mine', scopes: ['read', 'write'] }
  test.each<[string, Caller, boolean, string[]]>([
    ['a user with both', user(['read', 'write', 'more']), true, []],
    ['a user with one', user(['read']), true, ['write']],
    ['a user with none', user([]), false, ['read', 'write']],
    ['a user of whom nothing is known may read', user(undefined), false, []],
    ['a user of whom nothing is known may change nothing', user(undefined), true, ['read', 'write']],
    ['a service with both', service(onMine), true, []],
    ['a service with one', service(onAll), true, ['write']],
    ['a service without a grant', service(), false, ['read', 'write']],
  ])('%s', (_title, caller, changesData, missing) => {
    expect(missingForAction(caller, { ...needs, changesData })).toEqual(missing)
  })
})
