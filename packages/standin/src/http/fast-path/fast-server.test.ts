import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Asked,
  account,
  as,
  asks,
  broken,
  good,
  limited,
  ours,
  rest,
  service,
  stack,
  startFastServer,
  trpc,
} from '../../../test/fast-server-rig.ts'
import { createServiceKey } from '../../access/service-key.ts'

const revoked = `Bearer ${createServiceKey().key.reveal()}`
const deep = `{"accountId":${'['.repeat(30_000)}${']'.repeat(30_000)}}`
const notUtf8 = Buffer.concat([
  Buffer.from(`{"accountId":"${account}","scopes":["`),
  Buffer.of(0xff),
  Buffer.from('"]}'),
])

const direct: Record<string, Asked> = {
  'a token': rest(asks),
  'a key that asks too often': rest(asks, as(limited)),
  'a key that is good no more': rest(asks, as(revoked)),
  'an error of ours': rest({ accountId: ours }),
  'an error of a library': rest({ accountId: broken }),
  'a procedure': trpc('token.issue', asks),
  'a procedure with an input that does not fit': trpc('token.issue', { accountId: 'x' }),
  'a procedure with an error of ours': trpc('token.issue', { accountId: ours }),
  'a procedure with an error of a library': trpc('token.issue', { accountId: broken }),
  'a procedure, asked too often': trpc('token.issue', asks, as(limited)),
  'a procedure with an input nested 30,000 deep': trpc('token.issue', deep),
  'a batch of all that': trpc('token.issue,token.issue,token.issue?batch=1', { 0: asks, 1: { accountId: ours } }),
}
const left: Record<string, Asked> = {
  'broken JSON': rest('{"accountId":'),
  'an input that does not fit': rest({ accountId: 'x' }),
  'a field that is not known': rest({ ...asks, x: 1 }),
  'a name that is a trap': rest(`{"accountId":"${account}","__proto__":{}}`),
  'an input nested 30,000 deep': rest(deep),
  'text that cannot be stored': rest({ ...asks, scopes: ['a\0'] }),
  'a number beyond all numbers': rest(`{"accountId":"${account}","scopes":[1e999]}`),
  'what is not UTF-8': rest(notUtf8),
  'a procedure with what is not UTF-8': trpc('token.issue', notUtf8),
  'another type': rest(asks, { 'content-type': 'text/plain' }),
  'a type with a character set': rest(asks, { 'content-type': 'application/json; charset=utf-8' }),
  'a browser': rest(asks, { origin: 'https://app.example' }),
  nobody: rest(asks, { authorization: 'Bearer nobody' }),
  'a key with a typo': rest(asks, { authorization: `${good}x` }),
  'more than a request may hold': rest({ accountId: 'x'.repeat(70_000) }),
  'another address': rest(asks, {}, '/v1/token?x=1'),
  'an unknown procedure': trpc('token.nowhere', asks),
  'a procedure with broken JSON': trpc('token.issue', '{'),
  'a batch with an unknown procedure': trpc('token.issue,token.nowhere?batch=1', { 0: asks }),
  'a batch whose inputs are an array': trpc('token.issue?batch=1', [asks]),
  'a stream of outcomes': trpc('token.issue?batch=1', { 0: asks }, { 'trpc-accept': 'application/jsonl' }),
  'a path that is encoded': trpc('token%2Eissue', asks),
}

let ways: Awaited<ReturnType<typeof startFastServer>>
beforeAll(async () => {
  ways = await startFastServer()
})
afterAll(() => ways.close())

describe('requests of services get the same answer on the fast path as from Fastify', () => {
  test.for(Object.entries(direct))('%s', async ([, asked]) => {
    const { overPort, again, injected } = await ways.compare(asked)
    expect(overPort.seen).toEqual(injected.seen)
    expect(again.seen).toEqual(injected.seen)
    expect([overPort, again, injected].map(({ viaFastify }) => viaFastify)).toEqual([0, 0, 1])
    expect([overPort.viaNode, again.viaNode]).toEqual([1, 0])
  })
})

describe('all other requests are passed on to Fastify, with their body unread', () => {
  test.for(Object.entries(left))('%s', async ([, asked]) => {
    const { overPort, again, injected } = await ways.compare(asked)
    expect(overPort.seen).toEqual(injected.seen)
    expect(again.seen).toEqual(injected.seen)
    expect([overPort, again, injected].map(({ viaFastify }) => viaFastify)).toEqual([1, 1, 1])
  })
})

test.each([
  ['an input nested 30,000 deep', rest(deep), 'accountId'],
  ['the same in a procedure', trpc('token.issue', deep), 'accountId'],
  ['text that cannot be stored', rest({ ...asks, scopes: ['a\0'] }), 'scopes.0'],
  ['a number beyond all numbers', rest(`{"accountId":"${account}","scopes":[1e999]}`), 'scopes.0'],
  ['what is not UTF-8', rest(notUtf8), 'not UTF-8'],
  ['the same in a procedure', trpc('token.issue', notUtf8), 'not UTF-8'],
])('%s is refused with the place named', async (_title, asked, named) => {
  const { seen } = (await ways.compare(asked)).overPort
  expect({ status: seen.status, body: seen.body }).toEqual({ status: 400, body: expect.stringContaining(named) })
  expect(seen.body).toContain('INPUT_INVALID')
})

test('invariant 25: each call of a batch counts, on the fast path too; refused calls are told when to retry', async () => {
  const headers = as(stack.admit({ ...service('few'), service: 'few' }))
  const batch = trpc(`${Array(100).fill('token.issue').join()}?batch=1`, { ...Array(100).fill(asks) }, headers)
  // 1,000 a second, over ten seconds.
  for (let sent = 0; sent < 99; sent++)
    await stack.ctx.access.budgets.countCalls({ ...service('few'), service: 'few' }, 100)
  await stack.ctx.access.budgets.countCalls({ ...service('few'), service: 'few' }, 60)
  const { seen } = (await ways.compare(batch)).overPort
  const outcomes = JSON.parse(seen.body) as Array<{ error?: { data: { reason: string } } }>

  expect(outcomes.map(({ error }) => error?.data.reason)).toEqual([
    ...Array(40).fill(undefined),
    ...Array(60).fill('RATE_LIMITED'),
  ])
  expect(Number(seen.headers['retry-after'])).toBeGreaterThan(0)
})
