import { procedures } from '@standin/contracts'
import { expect, test } from 'vitest'
import { createBudgets } from './budgets.ts'
import type { Caller } from './caller.ts'

const [account, otherAccount] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']
const user = (id: string, accountId = account): Caller => ({
  kind: 'user',
  id,
  accountId,
  name: null,
  scopes: [],
  expiresAt: new Date(0),
})
const service = (name: string, keyId = name): Caller => ({ kind: 'service', service: name, keyId, mac: '', grants: [] })

const create = (change: Partial<Parameters<typeof createBudgets>[0]> = {}) =>
  createBudgets({ serviceRequestsPerS: 10, userRequestsPerS: 1, userStreams: 2, serviceStreams: 3, ...change })
const refused = { reason: 'RATE_LIMITED', retryAfterMs: expect.any(Number) }
const times = (count: number) => Array.from({ length: count }, (_, index) => index)

test('invariant 25: each user has a budget of calls, and is told when to retry', async () => {
  const budgets = create()
  await budgets.countCalls(user('anna'), 10)
  await expect(budgets.countCalls(user('anna'))).rejects.toMatchObject(refused)
  await budgets.countCalls(user('bert'))
  await budgets.countCalls(user('anna', otherAccount))
})

test('invariant 25: all users of an account share a budget; refused calls do not use it up', async () => {
  const budgets = create()
  await budgets.countCalls(user('anna'), 10)
  for (const _ of times(100)) await expect(budgets.countCalls(user('anna'))).rejects.toMatchObject(refused)
  for (const nth of times(4)) await budgets.countCalls(user(`colleague ${nth}`), 10)
  await expect(budgets.countCalls(user('one too many'))).rejects.toMatchObject(refused)
  await budgets.countCalls(user('elsewhere', otherAccount))
})

test('invariant 25: of the calls of a batch, as many are allowed as the budget has left', async () => {
  const budgets = create()
  expect(await budgets.countCalls(user('anna'), 4)).toEqual({ calls: 4, retryAfterMs: 0 })
  expect(await budgets.countCalls(user('anna'), 100)).toEqual({ calls: 6, retryAfterMs: expect.any(Number) })
  await expect(budgets.countCalls(user('anna'), 1)).rejects.toMatchObject(refused)
})

test('invariant 25: a service has one budget, whichever of its keys it uses', async () => {
  const budgets = create()
  await budgets.countCalls(service('reports', 'old key'), 60)
  await budgets.countCalls(service('reports', 'new key'), 40)
  await expect(budgets.countCalls(service('reports', 'new key'))).rejects.toMatchObject(refused)
  await budgets.countCalls(service('billing'))
})

test.each([user('anna'), service('reports')])(
  'invariant 25: the expensive calls of a $kind have a budget of their own',
  async (caller) => {
    const budgets = create()
    for (const _ of times(caller.kind === 'user' ? 50 : 250)) await budgets.countWork(caller, 'schedule.preview')
    await expect(budgets.countWork(caller, 'schedule.preview')).rejects.toMatchObject(refused)
    await expect(budgets.countWork(caller, 'run.result')).rejects.toMatchObject(refused)
    await budgets.countWork(caller, 'run.get')
    await budgets.countWork(user('bert'), 'schedule.preview')
  },
)

test('invariant 25: what is stored for an account in an hour is limited, over all its callers', async () => {
  const budgets = create()
  const input = { text: 'x'.repeat(30_000) }
  let stored = 0
  const store = (nth: number) =>
    budgets.countStored(user(`user ${nth % 9}`), { accountId: account, path: 'run.start', input }).then(() => stored++)
  await expect(Promise.all(times(1_000).map(store))).rejects.toMatchObject(refused)
  expect(stored * 30_000).toBeGreaterThan(9_000_000)
  expect(stored * 30_000).toBeLessThan(10_000_000)
  await expect(
    budgets.countStored(service('reports'), { accountId: account, path: 'run.start', input }),
  ).rejects.toMatchObject(refused)
  await budgets.countStored(service('reports'), { accountId: account, path: 'run.get', input })
  await budgets.countStored(user('user 0', otherAccount), { accountId: otherAccount, path: 'run.start', input })
})

test('invariant 25: one user does not use up what an account may store, nor all of them what decides and stops', async () => {
  const budgets = create()
  const input = { text: 'x'.repeat(30_000) }
  const storeAll = (id: string) =>
    Promise.all(times(100).map(() => budgets.countStored(user(id), { accountId: account, path: 'filter.save', input })))
  await expect(storeAll('anna')).rejects.toMatchObject(refused)
  await budgets.countStored(user('bert'), { accountId: account, path: 'run.start', input: {} })

  for (const nth of times(5)) await expect(storeAll(`colleague ${nth}`)).rejects.toMatchObject(refused)
  await expect(
    budgets.countStored(user('bert'), { accountId: account, path: 'run.start', input }),
  ).rejects.toMatchObject(refused)
  for (const path of ['installation.approve', 'installation.dismissUninstall', 'run.cancel', 'schedule.pause'])
    await budgets.countStored(user('bert'), { accountId: account, path, input: {} })
  await expect(
    budgets.countStored(user('anna'), { accountId: account, path: 'run.cancel', input }),
  ).rejects.toMatchObject(refused)
})

test('invariant 25: every change counts as stored, save a token: pausing a schedule leaves an entry too', async () => {
  const large = { text: 'x'.repeat(1_500_000) }
  const changes = Object.entries(procedures).flatMap(([noun, named]) =>
    Object.entries(named).flatMap(([name, { kind }]) => (kind === 'mutation' ? `${noun}.${name}` : [])),
  )
  for (const path of changes.filter((path) => path !== 'token.issue')) {
    const budgets = create()
    await budgets.countStored(user('anna'), { accountId: account, path, input: large })
    await expect(budgets.countStored(user('anna'), { accountId: account, path, input: large })).rejects.toMatchObject(
      refused,
    )
  }
  const budgets = create()
  for (const _ of times(3))
    await budgets.countStored(service('reports'), { accountId: account, path: 'token.issue', input: large })
})

test('invariant 25: the open streams of a caller are limited, and those of all users of an account', () => {
  const budgets = create()
  const ends = [budgets.openStream(user('anna')), budgets.openStream(user('anna'))]
  expect(() => budgets.openStream(user('anna'))).toThrow(expect.objectContaining(refused))
  ends[0]?.()
  ends[0]?.() // Ending a stream twice frees only one place.
  ends.push(budgets.openStream(user('anna')))
  expect(() => budgets.openStream(user('anna'))).toThrow(expect.objectContaining(refused))

  for (const nth of times(4)) for (const _ of times(2)) ends.push(budgets.openStream(user(`colleague ${nth}`)))
  expect(() => budgets.openStream(user('one too many'))).toThrow(expect.objectContaining(refused))
  for (const _ of times(3)) ends.push(budgets.openStream(service('reports')))
  expect(() => budgets.openStream(service('reports'))).toThrow(expect.objectContaining(refused))

  for (const end of ends) end()
  expect(budgets.size()).toBe(0)
})

test('invariant 25: however many users an account has, two of their searches through rows are worked on at once', async () => {
  const budgets = create()
  const begun: string[] = []
  const ends: Array<() => void> = []
  const begin = async (caller: Caller, path: string) => {
    ends.push(await budgets.takeTurn(caller, path))
    begun.push(`${caller.kind === 'user' ? caller.id : caller.service} ${path}`)
  }
  const settle = () => new Promise(setImmediate)
  const all = ['anna', 'bert', 'cleo'].map((id) => begin(user(id), 'run.result'))
  all.push(begin(user('dora'), 'audit.list'), begin(user('dora'), 'run.get'))
  all.push(begin(user('emil', otherAccount), 'run.result'), begin(service('reports'), 'run.result'))
  await settle()
  expect(begun.sort()).toEqual([
    'anna run.result',
    'bert run.result',
    'dora run.get',
    'emil run.result',
    'reports run.result',
  ])

  for (let ended = 0; ended < all.length; ended++) {
    if (!ends[ended]) await settle()
    ends[ended]?.()
  }
  await Promise.all(all)
  expect(budgets.size()).toBe(0)
})

test('invariant 25: many calls of one caller leave room for the single call of another', async () => {
  const budgets = create()
  const begun: string[] = []
  const ends: Array<() => void> = []
  const begin = async (caller: Caller, name: string) => {
    const end = await budgets.takeTurn(caller, 'run.get')
    begun.push(name)
    ends.push(end)
  }
  const settle = () => new Promise(setImmediate)
  const many = times(100).map((nth) => begin(user('anna'), `anna ${nth}`))
  const one = begin(user('bert'), 'bert')
  await one
  expect(begun).toEqual(['anna 0', 'anna 1', 'anna 2', 'anna 3', 'bert'])

  for (let ended = 0; ended < 101; ended++) {
    if (!ends[ended]) await settle()
    ends[ended]?.()
    expect(begun.length - ended).toBeLessThanOrEqual(5)
  }
  await Promise.all(many)
  expect(begun.filter((name) => name !== 'bert')).toEqual(times(100).map((nth) => `anna ${nth}`))
  expect(budgets.size()).toBe(0)
})
