import { expect, test } from 'vitest'
import { manifest, nordvang, startSimulator } from '../../test/started-simulator.ts'

const scope = 'account.service-management.service-plan.assignment.view'
const base = '/api/service-management/v2/plans/assignments/service-status'

async function withToken(scopes = `asset.view ${scope}`) {
  const simulator = await startSimulator({
    fleetSize: 250,
    manifest: { ...manifest, scopes: [...manifest.scopes, { scope, optional: true }] },
  })
  const token = await simulator.tokenFor(nordvang, scopes)
  const get = async (path: string) => {
    const answer = await simulator.send('GET', path, { headers: { authorization: `Bearer ${token}` } })
    // biome-ignore lint/suspicious/noExplicitAny: what came over the wire is compared, not relied on
    return { status: answer.status, body: (await answer.json()) as any }
  }
  return { ...simulator, get }
}

test('lists the assets with overdue service, and the status of one asset', async () => {
  await using simulator = await withToken()

  const { body: overdue } = await simulator.get(`${base}/OVERDUE/assets?size=1000`)
  expect(overdue.totalElements).toBeGreaterThan(3)
  expect(overdue.totalElements).toBeLessThan(60)

  const { body } = await simulator.get(`${base}?assetId=${overdue.content[0].assetId}`)
  expect(body).toMatchObject({ status: 'OVERDUE' })
  expect(Date.parse(body.predictedServiceTime)).toBeLessThan(Date.now())
  expect((await simulator.get(`${base}?assetId=nobody`)).status).toBe(404)
  expect((await simulator.get(base)).status).toBe(400)
  expect(await simulator.brokenRules()).toEqual(['rest-parameters'])
})

test('refuses a token without the scope, and an account without the licence', async () => {
  await using without = await withToken('asset.view')
  expect((await without.get(`${base}/OVERDUE/assets`)).status).toBe(403)

  await using simulator = await withToken()
  await simulator.control('PUT', 'settings', { serviceLicence: false })
  expect((await simulator.get(`${base}/OVERDUE/assets`)).body).toMatchObject({ status: 403, code: 'PLAN_REQUIRED' })
})

test('lists data health issues by asset, open or resolved, if the account has it', async () => {
  await using simulator = await withToken()
  const path = '/public/api/fleet-data-health/v1beta1/issues'
  const issues = async (query: string) => (await simulator.get(`${path}?size=1000${query}`)).body.content

  const [open, resolved, all] = [await issues('&status=OPEN'), await issues('&status=RESOLVED'), await issues('')]
  expect(open.length + resolved.length).toBe(all.length)
  expect(open.length).toBeGreaterThan(2)
  expect(open[0]).toMatchObject({ assetId: expect.any(String), type: expect.any(String), status: 'OPEN' })
  expect((await simulator.get(`${path}?status=CLOSED`)).status).toBe(400)

  await simulator.control('PUT', 'settings', { dataHealth: false })
  expect((await simulator.get(path)).status).toBe(404)
})
