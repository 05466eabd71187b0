import { expect, test } from 'vitest'
import { nordvang, startSimulator } from '../../test/started-simulator.ts'

const pageQuery = `query($after: String, $groups: Boolean = false) {
  assets(first: 100, after: $after) {
    edges { node { id name groups(first: 3) @include(if: $groups) { edges { node { id name } } } } }
    pageInfo { endCursor hasNextPage }
  }
}`

async function withToken(fleetSize = 250) {
  const simulator = await startSimulator({ fleetSize })
  const token = await simulator.tokenFor(nordvang)
  const ask = (query: string, variables: object = {}) =>
    simulator.send('POST', '/api/graphql/', {
      body: JSON.stringify({ query, variables }),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    })
  // biome-ignore lint/suspicious/noExplicitAny: what came over the wire is compared, not relied on
  const page = async (variables: object = {}) => (await (await ask(pageQuery, variables)).json()) as any
  return { ...simulator, ask, page }
}

test('an asset that is removed between two pages leaves its place empty', async () => {
  await using simulator = await withToken()
  const first = await simulator.page()
  const before = await simulator.page({ after: first.data.assets.pageInfo.endCursor })
  const ids = before.data.assets.edges.map(({ node }: { node: { id: string } }) => node.id)

  await simulator.control('PUT', 'settings', { removedAssets: [first.data.assets.edges[3].node.id, ids[50]] })
  const after = await simulator.page({ after: first.data.assets.pageInfo.endCursor })

  const left = after.data.assets.edges.map(({ node }: { node: { id: string } }) => node.id)
  expect(left.slice(0, 99)).toEqual(ids.toSpliced(50, 1))
  expect(left).toHaveLength(100)
})

test('assets that vanish while a page is made are null with an error each, on request', async () => {
  await using simulator = await withToken()
  await simulator.control('PUT', 'faults', { graphql: { vanished: true, times: 1 } })

  const { data, errors } = await simulator.page()

  const vanished = data.assets.edges.filter(({ node }: { node: object | null }) => node === null)
  expect(vanished).toHaveLength(10)
  expect(errors).toHaveLength(10)
  expect((await simulator.page()).errors).toBeUndefined()
})

test('groups are there unless the account’s API has none', async () => {
  await using simulator = await withToken()
  const grouped = (await simulator.page({ groups: true })).data.assets.edges.filter(
    ({ node }: { node: { groups: { edges: object[] } } }) => node.groups.edges.length > 0,
  )
  expect(grouped.length).toBeGreaterThan(40)

  await simulator.control('PUT', 'settings', { assetGroups: false })
  expect(await simulator.page()).toMatchObject({ errors: [{ message: expect.stringContaining('groups') }] })
})

test.for([
  { planRefusal: 'page', status: 404, text: '<html' },
  { planRefusal: 'forbidden', status: 403, text: 'PLAN_REQUIRED' },
  { planRefusal: 'graphql-error', status: 200, text: 'PLAN_REQUIRED' },
])('a plan without GraphQL refuses a token with the scope: $planRefusal', async ({ planRefusal, status, text }) => {
  await using simulator = await withToken()
  await simulator.control('PUT', 'settings', { plan: 'basic', planRefusal })

  const answer = await simulator.ask(pageQuery)

  expect(answer.status).toBe(status)
  expect(await answer.text()).toContain(text)
  expect(await simulator.brokenRules()).toEqual([])
})

interface Page {
  edges: unknown[]
  pageInfo: { endCursor: string | null; hasNextPage: boolean }
}

test.for([0, 1, 101])('a fleet of %i is paged to its end', async (fleetSize) => {
  await using simulator = await withToken(fleetSize)
  let count = 0
  for (let after: string | null = null, more = true; more; ) {
    const { assets }: { assets: Page } = (await simulator.page({ after })).data
    count += assets.edges.length
    after = assets.pageInfo.endCursor
    more = assets.pageInfo.hasNextPage
  }
  expect(count).toBe(fleetSize)
})

test('a page in the middle of 20,000 costs what the first one costs', async () => {
  await using simulator = await withToken(20_000)
  await simulator.page()
  const startedAtMs = performance.now()
  const { data } = await simulator.page({ after: Buffer.from('cursor:15000').toString('base64url') })
  expect(performance.now() - startedAtMs).toBeLessThan(5_000) // Some milliseconds on a quiet machine.
  expect(data.assets.edges[0].node.name).toMatch(/-16001$/)
})
