import { expect, test } from 'vitest'
import { nordvang, startSimulator } from '../../test/started-simulator.ts'

async function withToken() {
  const simulator = await startSimulator({ fleetSize: 250 })
  const token = await simulator.tokenFor(nordvang)
  const call = (method: string, path: string, { body, accept }: { body?: object; accept?: string } = {}) =>
    simulator.send(method, path, {
      ...(body ? { body: JSON.stringify(body) } : {}),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...(accept ? { accept } : {}) },
    })
  return { ...simulator, call }
}

test('lists assets in numbered pages', async () => {
  await using simulator = await withToken()

  const answer = await (await simulator.call('GET', '/api/asset/v2/assets?page=2&size=100')).json()

  expect(answer).toMatchObject({ totalPages: 3, totalElements: 250, number: 2, size: 100, numberOfElements: 50 })
  expect(await (await simulator.call('GET', '/api/asset/v2/assets?size=1001')).json()).toMatchObject({
    status: 400,
    violations: [{ field: 'size' }],
  })
})

test('accepts two asset event requests in thirty minutes', async () => {
  await using simulator = await withToken()
  const path = '/public/api/eventlog/v3/asset-event'

  expect((await simulator.call('POST', `${path}/active`, { body: {} })).status).toBe(200)
  expect(
    await (await simulator.call('POST', `${path}/log`, { body: { fromTime: '2026-01-01T00:00:00Z' } })).json(),
  ).toMatchObject({
    status: 400,
    violations: [{ field: 'toTime' }],
  })
  const refused = await simulator.call('POST', `${path}/active`, { body: {} })

  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(1790)
  expect(await simulator.brokenRules()).toEqual(['rest-parameters', 'asset-event-rate'])

  await simulator.control('PUT', 'clock', { now: Date.now() + 31 * 60_000 })
  expect((await simulator.call('POST', `${path}/active`, { body: {} })).status).toBe(200)
})

test('gives the snapshot as XML, or as JSON when asked, and keeps a pool of fifty for those who ask too often', async () => {
  await using simulator = await withToken()
  const path = '/public/api/aemp/v2/15143/-3/Fleet/3'

  const xml = await (await simulator.call('GET', path)).text()
  const json = await simulator.call('GET', path, { accept: 'application/json' })

  expect(xml.match(/<Equipment>/g)).toHaveLength(50)
  expect(await json.json()).toMatchObject({ Links: [{ rel: 'self' }, { rel: 'prev' }, { rel: 'last' }] })
  for (let again = 0; again < 48; again++) await simulator.call('GET', path)
  await simulator.control('PUT', 'clock', { now: Date.now() + 2000 })
  expect((await simulator.call('GET', path)).status).toBe(200)
  expect((await simulator.call('GET', path)).status).toBe(429)
})

test('refuses parameters of the AEMP snapshot, which has none', async () => {
  await using simulator = await withToken()

  expect((await simulator.call('GET', '/public/api/aemp/v2/15143/-3/Fleet/1?size=1000')).status).toBe(400)
  expect(await simulator.brokenRules()).toEqual(['rest-parameters'])
})

test('answers the documented error for addresses it does not know, and notes them', async () => {
  await using simulator = await withToken()

  const answer = await simulator.call('GET', '/public/api/nothing/here')

  expect(await answer.json()).toEqual({ status: 404, code: 'NOT_FOUND', message: 'No such address.' })
  expect(await simulator.brokenRules()).toEqual(['path-documented'])
})

test('notes a parameter that a list has not, and a body that is not sent as JSON', async () => {
  await using simulator = await withToken()
  const health = '/public/api/fleet-data-health/v1beta1/issues'

  expect((await simulator.call('GET', '/api/asset/v2/assets?page=0&sort=name')).status).toBe(200)
  expect((await simulator.call('GET', `${health}?status=OPEN`)).status).toBe(200)
  expect(await simulator.brokenRules()).toEqual([])

  expect((await simulator.call('GET', '/api/asset/v2/assets?pageSize=100')).status).toBe(400)
  expect((await simulator.call('GET', `${health}?state=OPEN`)).status).toBe(400)
  const token = await simulator.tokenFor(nordvang)
  const unnamed = await simulator.send('POST', '/public/api/eventlog/v3/asset-event/active', {
    body: '{}',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
  })
  expect(unnamed.status).toBe(400)
  expect(await simulator.brokenRules()).toEqual(['rest-parameters', 'rest-parameters', 'rest-parameters'])
})
