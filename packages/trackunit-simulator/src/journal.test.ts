import { expect, test } from 'vitest'
import { nordvang, startAppServer, startSimulator } from './test/started-simulator.ts'

const graphql = async (simulator: Awaited<ReturnType<typeof startSimulator>>, token: string, query: string) =>
  (
    await simulator.send('POST', '/api/graphql/', {
      body: JSON.stringify({ query }),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    })
  ).text()

test('keeps of each request its account, its operation, both bodies and what was wrong', async () => {
  await using simulator = await startSimulator({ fleetSize: 3 })
  const token = await simulator.tokenFor(nordvang)
  const query = 'query First { assets(first: 1) { edges { node { name colour } } } }'
  const answered = await graphql(simulator, token, query)

  const [latest] = (await simulator.control('GET', 'requests')).recent
  expect(latest).toMatchObject({
    accountId: nordvang,
    operation: 'query First assets',
    status: 200,
    problem: expect.stringContaining('colour'),
  })
  expect(await simulator.control('GET', `requests/${latest.id}`)).toMatchObject({
    ...latest,
    request: {
      address: 'POST /api/graphql/',
      headers: { authorization: 'Bearer •••', 'user-agent': 'night-shift/1.4.0' },
      body: JSON.stringify({ query }),
    },
    answer: { body: answered }, // As the app's server saw it.
  })
  expect(await simulator.control('GET', 'requests/999')).toMatchObject({ error: expect.any(String) })
})

test('keeps no secret of an installation or a token, wherever it appears', async () => {
  await using server = await startAppServer()
  await using simulator = await startSimulator({ callbackUrl: server.url })
  const client = { clientId: '0oaTestClient00000001', clientSecret: 's3cret "quoted" & odd' }
  await simulator.control('POST', 'install', { accountId: nordvang, ...client })
  const form = { grant_type: 'client_credentials', client_id: client.clientId, client_secret: client.clientSecret }
  const { access_token: token } = (await (await simulator.askToken({ ...form, scope: 'asset.view' })).json()) as {
    access_token: string
  }
  await simulator.send('GET', `/api/asset/v2/assets?access_token=${token}&token=${token}`)
  await graphql(simulator, token, `{ assets(first: 1) { edges { node { name } } } } # ${token}`)

  const { recent } = await simulator.control('GET', 'requests')
  expect(recent).toHaveLength(4)
  expect(recent[3]).toMatchObject({ what: 'POST callback', operation: 'INSTALLED', accountId: nordvang, status: 200 })
  const details = await Promise.all(recent.map(({ id }: { id: number }) => simulator.control('GET', `requests/${id}`)))
  const kept = JSON.stringify(details)
  const identity = String(server.received[0]?.headers['trackunit-identity'])
  for (const secret of [
    client.clientSecret,
    JSON.stringify(client.clientSecret).slice(1, -1),
    's3cret',
    token,
    identity,
  ])
    expect(kept).not.toContain(secret)
  expect(kept).toContain(client.clientId)
})

test('cuts a body that is long', async () => {
  await using simulator = await startSimulator()
  await simulator.askToken({ note: 'x'.repeat(50_000) })
  const [{ id }] = (await simulator.control('GET', 'requests')).recent
  const { request } = await simulator.control('GET', `requests/${id}`)
  expect(request.body.length).toBeLessThan(20_100)
  expect(request.body).toMatch(/… \(\d+ characters\)$/)
})
