import { expect, test } from 'vitest'
import { durabilityOf } from './check-database.ts'

const healthy = { version: 180_004, fsync: 'on', commit: 'on', standbys: 'b', connected: 1, readOnly: 'off' }
const commits = (changed: Partial<typeof healthy>, isPooled = false) =>
  durabilityOf({ ...healthy, ...changed }, { isPooled }).find(({ check }) => check === 'commits')

test.for([
  { changed: {}, level: 'good', says: 'on a standby' },
  { changed: { standbys: '', connected: 0 }, level: 'note', says: 'on no synchronous standby' },
  { changed: { connected: 0 }, level: 'wrong', says: 'none is connected' },
  { changed: { readOnly: 'on' }, level: 'wrong', says: 'DATABASE_URL must lead to the primary' },
  { changed: { fsync: 'off' }, level: 'wrong', says: 'a crash loses callbacks' },
  { changed: { commit: 'local' }, level: 'good', says: 'on a standby' },
])('commits with $changed are $level', ({ changed, level, says }) => {
  expect(commits(changed)).toMatchObject({ level, text: expect.stringContaining(says) })
})

test('through a pooler, the role’s own synchronous_commit counts; a version too old is named', () => {
  expect(commits({ commit: 'local' }, true)).toMatchObject({ level: 'wrong' })
  expect(durabilityOf({ ...healthy, version: 140_000 }, { isPooled: false })[0]).toMatchObject({ level: 'wrong' })
})
