import { expect, test } from 'vitest'
import { createAdjustableClock } from '../../test/adjustable-clock.ts'
import { anna } from '../../test/run-stack.ts'
import { createSeenUsers } from './seen-users.ts'

test('a user is noted once for each account, with the rights of their last token', () => {
  const clock = createAdjustableClock()
  const seen = createSeenUsers({ clock })
  seen.note({ ...anna, scopes: ['a'] })
  clock.advance(1)
  seen.note({ ...anna, scopes: ['b', 'a'] })
  seen.note({ ...anna, accountId: 'other', scopes: undefined })
  const at = clock.now()
  expect(seen.take()).toEqual([
    { accountId: anna.accountId, id: 'anna', scopes: ['a', 'b'], at },
    { accountId: 'other', id: 'anna', scopes: undefined, at },
  ])
  expect(seen.take()).toEqual([])
})

test('invariant 25: no more users are remembered than a process has room for', () => {
  const seen = createSeenUsers({ clock: createAdjustableClock() })
  for (let user = 0; user < 10_001; user++) seen.note({ ...anna, id: `user-${user}` })
  expect(seen.take()).toHaveLength(10_000)
})

test('users that cannot be stored are left out, so that the others are saved', () => {
  const seen = createSeenUsers({ clock: createAdjustableClock() })
  seen.note({ ...anna, scopes: ['a', 'b\0', '\ud800'] })
  expect(seen.take()).toMatchObject([{ id: 'anna', scopes: ['a'] }])
})
