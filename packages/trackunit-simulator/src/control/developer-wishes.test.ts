import { createRemoteJWKSet, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { nordvang, startSimulator } from '../test/started-simulator.ts'

type Simulator = Awaited<ReturnType<typeof startSimulator>>
const machinesOf = async (simulator: Simulator, token: string) => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const query = '{ assets(first: 50) { edges { node { id name telemetry { lastSeen } } } } }'
  const answer = await simulator.send('POST', '/api/graphql/', { body: JSON.stringify({ query }), headers })
  return answer.text()
}

test('three machines fall silent for as long as asked, then all report again', async () => {
  await using simulator = await startSimulator({ fleetSize: 20 })
  const page = async (id: string) => (await simulator.send('GET', `/assets/${id}?account=${nordvang}`)).text()
  const lastSeen = async (id: string) => Date.parse(/Last seen<\/dt><dd>([^<]+)/.exec(await page(id))?.[1] ?? '')

  const { machines } = await simulator.control('POST', 'machines/silence', { accountId: nordvang, days: 2 })
  expect(machines).toHaveLength(3)
  const before = await lastSeen(machines[0].id)
  expect(Date.now() - before).toBeGreaterThan(1.99 * 86_400_000)
  const { machines: more } = await simulator.control('POST', 'machines/silence', { accountId: nordvang, count: 1 })
  expect(machines).not.toContainEqual(more[0])

  await simulator.control('PUT', 'clock', { addMs: 3_600_000 })
  expect(await lastSeen(machines[0].id)).toBe(before) // However much time passes.
  await simulator.control('DELETE', 'machines/silence')
  expect(await lastSeen(machines[0].id)).toBeGreaterThan(Date.now())
})

test('odd names stand at the beginning of the list, as text', async () => {
  await using simulator = await startSimulator({ fleetSize: 20 })
  const token = await simulator.tokenFor(nordvang)
  await simulator.control('PUT', 'settings', { oddNames: true })
  const list = await simulator.send('GET', '/api/asset/v2/assets', { headers: { authorization: `Bearer ${token}` } })
  const names = ((await list.json()) as { content: { name: string }[] }).content.map(({ name }) => name)
  expect(names.slice(0, 2)).toEqual(['<b>Crane</b> & "Son"', '=HYPERLINK("https://example.com","Crane")'])
  expect(names).toContain('')
  expect(await (await simulator.send('GET', '/assets')).text()).not.toContain('<b>Crane')
})

test('limits are forgotten, tokens are refused and keys are changed when asked', async () => {
  await using simulator = await startSimulator({ fleetSize: 3 })
  const token = await simulator.tokenFor(nordvang)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const askEvents = () =>
    simulator
      .send('POST', '/public/api/eventlog/v3/asset-event/active', { body: '{}', headers })
      .then(({ status }) => status)
  expect([await askEvents(), await askEvents(), await askEvents()]).toEqual([200, 200, 429])
  await simulator.control('POST', 'limits/reset')
  expect(await askEvents()).toBe(200)

  expect(await machinesOf(simulator, token)).not.toContain('UNAUTHORIZED')
  await simulator.control('POST', 'tokens/revoke')
  expect(await machinesOf(simulator, token)).toContain('UNAUTHORIZED')
  expect(await machinesOf(simulator, await simulator.tokenFor(nordvang))).not.toContain('UNAUTHORIZED')

  const user = () => simulator.control('POST', 'user-token', { accountId: nordvang }).then((answer) => answer.token)
  const old = await user()
  await simulator.control('POST', 'keys/rotate', { of: 'userTokens', withdrawOld: true })
  const keys = () => createRemoteJWKSet(new URL('/user-tokens/jwks', simulator.url))
  await expect(jwtVerify(old, keys())).rejects.toThrow()
  await jwtVerify(await user(), keys())
})
