import { expect, test } from 'vitest'
import { nordvang, startSimulator } from '../../test/started-simulator.ts'

type Simulator = Awaited<ReturnType<typeof startSimulator>>

const assetPage = `query Page($after: String) {
  assets(first: 100, after: $after) {
    edges { node {
      id name brand model serialNumber assetType lastSeen
      status { activity criticality }
      insights { fuelLevel batteryStateOfChargePercent cumulativeOperatingHours(period: LIFETIME) }
      locations { latest { geometry { type coordinates } properties { address { streetAddress city country } updatedAt } } }
      sites(first: 1) { edges { node { id name } } }
    } }
    pageInfo { endCursor hasNextPage }
  }
  rateLimit { cost remaining resetIn }
}`

async function ask(simulator: Simulator, token: string, request: object, path = '/api/graphql/') {
  const answer = await simulator.send('POST', path, {
    body: JSON.stringify(request),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })
  // biome-ignore lint/suspicious/noExplicitAny: what came over the wire is compared, not relied on
  return (await answer.json()) as any
}

test('pages through the whole fleet by cursor and gives every machine once', async () => {
  await using simulator = await startSimulator({ fleetSize: 250 })
  const token = await simulator.tokenFor(nordvang)

  const ids: string[] = []
  let after: string | null = null
  let pages = 0
  do {
    const {
      data,
    }: {
      data: { assets: { edges: { node: { id: string } }[]; pageInfo: { endCursor: string; hasNextPage: boolean } } }
    } = await ask(simulator, token, { query: assetPage, variables: { after } })
    ids.push(...data.assets.edges.map(({ node }) => node.id))
    after = data.assets.pageInfo.hasNextPage ? data.assets.pageInfo.endCursor : null
    pages++
  } while (after !== null)

  expect(pages).toBe(3)
  expect(ids).toHaveLength(250)
  expect(new Set(ids).size).toBe(250)
  expect(await simulator.brokenRules()).toEqual([])
})

test('answers a page of Manager without the trailing slash, and notes it', async () => {
  await using simulator = await startSimulator()
  const token = await simulator.tokenFor(nordvang)

  const answer = await simulator.send('POST', '/api/graphql', { headers: { authorization: `Bearer ${token}` } })

  expect(answer.status).toBe(404)
  expect(answer.headers.get('content-type')).toContain('text/html')
  expect(await simulator.brokenRules()).toEqual(['graphql-trailing-slash'])
})

test('answers a page of Manager for a token without the scope', async () => {
  await using simulator = await startSimulator()
  const token = await simulator.tokenFor(nordvang, 'account.event.manage')

  const answer = await simulator.send('POST', '/api/graphql/', {
    body: JSON.stringify({ query: '{ assets { pageInfo { hasNextPage } } }' }),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })

  expect(answer.status).toBe(404)
  expect(await answer.text()).toContain('<html')
})

test('refuses a token that Trackunit did not sign, or whose client is gone', async () => {
  await using simulator = await startSimulator()
  const token = await simulator.tokenFor(nordvang)
  const headers = (bearer: string) => ({ authorization: `Bearer ${bearer}`, 'content-type': 'application/json' })
  const body = JSON.stringify({ query: '{ rateLimit { cost } }' })
  const status = async (bearer: string) =>
    (await simulator.send('POST', '/api/graphql/', { body, headers: headers(bearer) })).status

  expect(await status(`${token.slice(0, -4)}AAAA`)).toBe(401)
  expect(await status(token)).toBe(200)
  await simulator.control('POST', 'uninstall', { accountId: nordvang, deliver: false })
  expect(await status(token)).toBe(401)
})

test('refuses a query above 50,000 points', async () => {
  await using simulator = await startSimulator()
  const token = await simulator.tokenFor(nordvang)

  const query =
    '{ assets(first: 1000) { edges { node { id name brand model sites(first: 20) { edges { node { id name city } } } } } } }'
  const { errors } = await ask(simulator, token, { query })

  expect(errors[0].extensions.code).toBe('QUERY_COMPLEXITY_REACHED')
  expect(await simulator.brokenRules()).toEqual(['graphql-page-size', 'graphql-complexity'])
})

test('limits an API user to the points of a window, and says in milliseconds when the next one begins', async () => {
  await using simulator = await startSimulator()
  const token = await simulator.tokenFor(nordvang)
  const query = '{ assets(first: 100) { edges { node { id } } } rateLimit { cost remaining resetIn } }'
  await simulator.control('PUT', 'settings', { pointsPerWindow: 700 })

  const first = await ask(simulator, token, { query })
  const { cost, remaining } = first.data.rateLimit
  expect(remaining).toBe(700 - cost)

  const second = await ask(simulator, token, { query })
  const third = await ask(simulator, token, { query })
  expect(second.errors).toBeUndefined()
  expect(third.errors[0].extensions).toMatchObject({ code: 'RATE_LIMITED', resetIn: expect.any(Number) })
  expect(third.errors[0].extensions.resetIn).toBeGreaterThan(590_000)

  await simulator.control('PUT', 'clock', { now: Date.now() + 5000 })
  await ask(simulator, token, { query })
  expect(await simulator.brokenRules()).toEqual(['graphql-points-left', 'wait-after-rate-limit'])

  await simulator.control('PUT', 'clock', { now: Date.now() + 601_000 })
  expect((await ask(simulator, token, { query })).errors).toBeUndefined()
})

test('reports a query when fewer than ten times its points are left, once an answer has said so', async () => {
  await using simulator = await startSimulator()
  await simulator.control('PUT', 'settings', { pointsPerWindow: 56 })
  const token = await simulator.tokenFor(nordvang)
  const asks = async (rateLimit: string) => {
    await ask(simulator, token, { query: `{ sites(first: 1) { edges { node { id } } } ${rateLimit}}` })
    return simulator.brokenRules()
  }
  const told = 'rateLimit { remaining } '

  expect(await asks(told)).toEqual([]) // 50 are left: it costs 6.
  expect(await asks('')).toEqual([]) // That is enough for one that costs 4.
  expect(await asks(told)).toEqual(['graphql-points-left'])
  await simulator.control('PUT', 'clock', { now: Date.now() + 601_000 })
  expect(await asks(told)).toEqual(['graphql-points-left']) // A new window.
})

test('gives errors and the rest of the data together on request', async () => {
  await using simulator = await startSimulator()
  const token = await simulator.tokenFor(nordvang)
  await simulator.control('PUT', 'faults', { graphql: { partial: true, times: 1 } })

  const { data, errors } = await ask(simulator, token, { query: assetPage })

  expect(errors.length).toBeGreaterThan(0)
  expect(data.assets.edges).toHaveLength(100)
  expect(data.assets.edges[0].node.insights).toBeNull()
  expect((await ask(simulator, token, { query: assetPage })).errors).toBeUndefined()
})

test('dismisses an event of the log, once it is known', async () => {
  await using simulator = await startSimulator()
  const token = await simulator.tokenFor(nordvang, 'asset.view account.event.manage')
  const log = async () => {
    const answer = await simulator.send('POST', '/public/api/eventlog/v3/asset-event/log?size=1', {
      body: JSON.stringify({ fromTime: '2020-01-01T00:00:00Z', toTime: '2040-01-01T00:00:00Z', status: ['OPEN'] }),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    })
    return (await answer.json()) as { totalElements: number; content: { id: string }[] }
  }
  const before = await log()
  const query = 'mutation($id: String!) { eventDismiss(eventId: $id) { success } }'

  const dismissed = await ask(simulator, token, { query, variables: { id: before.content[0]?.id } })
  const unknown = await ask(simulator, token, { query, variables: { id: 'nobody knows' } })

  expect(dismissed.data.eventDismiss.success).toBe(true)
  expect(unknown.data.eventDismiss.success).toBe(false)
  expect((await log()).totalElements).toBe(before.totalElements - 1)
})

test.for([
  [
    'a field that nobody documents',
    { query: '{ assets(first: 1) { edges { node { id ownersSecret } } pageInfo { hasNextPage } } }' },
  ],
  ['an argument that nobody documents', { query: '{ assets(size: 1) { edges { node { id } } } }' }],
  [
    'a variable that is missing',
    { query: 'query Page($after: String!) { assets(after: $after) { edges { node { id } } } }' },
  ],
  [
    'a variable of another type',
    {
      query: 'query Page($first: Int) { assets(first: $first) { edges { node { id } } } }',
      variables: { first: 'all' },
    },
  ],
  ['no GraphQL', { query: 'select * from assets' }],
] as const)('notes %s, without what was sent', async ([, request]) => {
  await using simulator = await startSimulator()
  const token = await simulator.tokenFor(nordvang)
  await ask(simulator, token, request)

  const { violations } = await simulator.control('GET', 'requests')
  expect(violations).toMatchObject([{ rule: 'graphql-valid' }])
  expect(JSON.stringify(violations)).not.toContain('ownersSecret')
})

test('groups are no violation, even if there are none', async () => {
  await using simulator = await startSimulator()
  const token = await simulator.tokenFor(nordvang)
  await simulator.control('PUT', 'settings', { assetGroups: false })
  const { errors } = await ask(simulator, token, {
    query: '{ assets(first: 1) { edges { node { groups(first: 1) { edges { node { id } } } } } } }',
  })
  expect(errors).toHaveLength(1)
  expect(await simulator.brokenRules()).toEqual([])
})
