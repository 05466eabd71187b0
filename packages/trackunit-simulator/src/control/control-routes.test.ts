import { request as httpRequest } from 'node:http'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { nordvang, startSimulator } from '../test/started-simulator.ts'

/** `fetch` does not let a caller choose Host. */
function statusFor(url: string, { method = 'GET', headers }: { method?: string; headers: Record<string, string> }) {
  return new Promise<number | undefined>((resolve, reject) => {
    httpRequest(url, { method, headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

test.each(['/control/accounts', '/', '/assets', '/manager/manager.js'])('refuses strangers at %s', async (path) => {
  await using simulator = await startSimulator()
  const { host, port } = new URL(simulator.url)

  expect(await statusFor(simulator.url + path, { headers: { host } })).toBe(200)
  expect(await statusFor(simulator.url + path, { headers: { host: `localhost:${port}` } })).toBe(200)
  expect(await statusFor(simulator.url + path, { headers: { host, origin: simulator.url } })).toBe(200)
  expect(await statusFor(simulator.url + path, { headers: { host: `evil.example:${port}` } })).toBe(403)
  expect(await statusFor(simulator.url + path, { headers: { host: `localhost.evil.example:${port}` } })).toBe(403)
  expect(await statusFor(simulator.url + path, { headers: { host, origin: 'http://localhost:4200' } })).toBe(403)
  expect(await statusFor(simulator.url + path, { headers: { host, origin: 'null' } })).toBe(403)
})

test('hands out user tokens under keys that are not the marketplace’s', async () => {
  await using simulator = await startSimulator()
  const keySet = (path: string) => createRemoteJWKSet(new URL(path, simulator.url))

  const { token, expiresInS } = await simulator.control('POST', 'user-token', {
    accountId: nordvang,
    role: 'administrator',
  })
  const { token: readers } = await simulator.control('POST', 'user-token', {
    accountId: nordvang,
    role: 'reader',
    lifetimeS: 30,
  })

  expect(expiresInS).toBe(300)
  const { payload } = await jwtVerify(token, keySet('/user-tokens/jwks'), {
    issuer: `${simulator.url}/user-tokens`,
    audience: '@acme/night-shift',
  })
  expect(payload).toMatchObject({
    accountId: nordvang,
    irisAppId: '@acme/night-shift',
    name: 'Mette Kjær',
    scp: ['asset.view', 'account.event.manage', 'account.manage'],
  })
  const { payload: reader } = await jwtVerify(readers, keySet('/user-tokens/jwks'))
  expect(reader.scp).toEqual(['asset.view', 'account.view'])
  expect((reader.exp ?? 0) - (reader.iat ?? 0)).toBe(30)
  await expect(jwtVerify(token, keySet('/api/marketplace/jwks'))).rejects.toThrow()
})

test('changes the claims of a user token for tests of what must be refused', async () => {
  await using simulator = await startSimulator()

  const { token } = await simulator.control('POST', 'user-token', {
    accountId: nordvang,
    claims: { aud: '@other/app', sub: null },
  })

  const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL('/user-tokens/jwks', simulator.url)))
  expect(payload).toMatchObject({ aud: '@other/app' })
  expect(payload).not.toHaveProperty('sub')
})

test('lets a fault answer a number of times, then the endpoint itself', async () => {
  await using simulator = await startSimulator()
  await simulator.control('PUT', 'faults', { jwks: { status: 503, times: 2, retryAfterS: 1, body: { code: 'DOWN' } } })

  const [first, second, third] = [
    await simulator.send('GET', '/api/marketplace/jwks'),
    await simulator.send('GET', '/api/marketplace/jwks'),
    await simulator.send('GET', '/api/marketplace/jwks'),
  ]

  expect([first?.status, second?.status, third?.status]).toEqual([503, 503, 200])
  expect(first?.headers.get('retry-after')).toBe('1')
  expect(await first?.json()).toEqual({ code: 'DOWN' })
})

test('breaks only after a number of answers, on request', async () => {
  await using simulator = await startSimulator()
  await simulator.control('PUT', 'faults', { jwks: { status: 503, after: 2 } })

  const statuses: number[] = []
  for (let asked = 0; asked < 4; asked++) statuses.push((await simulator.send('GET', '/api/marketplace/jwks')).status)
  expect(statuses).toEqual([200, 200, 503, 503])
})

test('cuts the connection, or never answers, on request', async () => {
  await using simulator = await startSimulator()
  await simulator.control('PUT', 'faults', { jwks: { cut: true }, apptoken: { hang: true } })

  await expect(simulator.send('GET', '/api/marketplace/jwks')).rejects.toThrow()
  await expect(
    fetch(`${simulator.url}/apptoken`, { method: 'POST', signal: AbortSignal.timeout(50) }),
  ).rejects.toThrow()
})

test('makes a caller wait whose body was read already', async () => {
  await using simulator = await startSimulator()
  await simulator.control('PUT', 'faults', { apptoken: { delayMs: 60_000 } })
  await simulator.control('PUT', 'settings', { apiLatencyMs: 10_000 })
  const impatient = (path: string) => ({ method: 'POST', body: '{}', signal: AbortSignal.timeout(100), path })

  for (const { path, ...init } of [impatient('/apptoken'), impatient('/api/graphql/')]) {
    await expect(fetch(simulator.url + path, init)).rejects.toThrow(/timeout/)
  }
})

test('reports callers that ask again before Retry-After is over', async () => {
  await using simulator = await startSimulator()
  await simulator.control('PUT', 'faults', { jwks: { retryAfterS: 60, times: 1 } })

  expect((await simulator.send('GET', '/api/marketplace/jwks')).status).toBe(429)
  await simulator.control('PUT', 'clock', { now: Date.now() + 10_000 })
  await simulator.send('GET', '/api/marketplace/jwks')
  expect(await simulator.brokenRules()).toEqual(['wait-after-rate-limit'])

  await simulator.control('DELETE', 'requests')
  await simulator.control('PUT', 'clock', { now: Date.now() + 61_000 })
  await simulator.send('GET', '/api/marketplace/jwks')
  expect(await simulator.brokenRules()).toEqual([])
})

test('counts by endpoint, and starts over on request', async () => {
  await using simulator = await startSimulator()
  await simulator.tokenFor(nordvang)
  await simulator.send('GET', '/api/marketplace/jwks')

  expect(await simulator.control('GET', 'requests')).toMatchObject({
    counts: { 'POST /apptoken': 1, 'GET /api/marketplace/jwks': 1 },
    exchangesByClient: { '0oaTestClient00000001': 1 },
    violations: [],
  })
  await simulator.control('DELETE', 'requests')
  expect((await simulator.control('GET', 'requests')).counts).toEqual({})
})

test.each([
  ['POST', 'install', { accountId: 'not a guid' }],
  ['POST', 'install', { accountId: nordvang, clientID: 'misspelt' }],
  ['PUT', 'faults', { jwks: { statuss: 503 } }],
  ['PUT', 'faults', { nowhere: { status: 503 } }],
  ['PUT', 'settings', { fleetSize: -1 }],
  ['PUT', 'clock', { now: 'tomorrow' }],
])('refuses what it does not understand: %s %s %o', async (method, path, body) => {
  await using simulator = await startSimulator()

  const answer = await simulator.send(method, `/control/${path}`, { body: JSON.stringify(body) })

  expect(answer.status).toBe(400)
  expect(await answer.json()).toEqual({ error: expect.any(String) })
})
