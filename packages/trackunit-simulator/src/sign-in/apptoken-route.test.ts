import { decodeJwt } from 'jose'
import { expect, test } from 'vitest'
import { nordvang, startSimulator } from '../test/started-simulator.ts'

const client = { clientId: '0oa10o3h43eulvWtz358', clientSecret: 'wZtQppu1huik4cYBAhYXnZS29pSudTBne2SE6WEM5C5' }
const credentials = { client_id: client.clientId, client_secret: client.clientSecret }
const grant = { grant_type: 'client_credentials', ...credentials, scope: 'asset.view' }

async function installed(granted?: { grantedScopes?: string[]; scopesOutsidePlan?: string[] }) {
  const simulator = await startSimulator()
  await simulator.control('POST', 'install', { accountId: nordvang, ...client, deliver: false, ...granted })
  return simulator
}

test('answers a documented request with the documented fields', async () => {
  await using simulator = await installed()

  const answer = await simulator.askToken({ ...grant, scope: 'asset.view account.event.manage' })

  expect(answer.status).toBe(200)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const token = (await answer.json()) as Record<string, string>
  expect(token).toEqual({
    token_type: 'Bearer',
    expires_in: 3600,
    access_token: expect.any(String),
    scope: 'asset.view account.event.manage',
  })
  const claims = decodeJwt(token.access_token ?? '')
  expect(claims).toMatchObject({ cid: client.clientId, scp: ['asset.view', 'account.event.manage'] })
  expect(claims.accountId).toBeUndefined()
  expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3600)
  expect(await simulator.brokenRules()).toEqual([])
})

test.each([
  {
    title: 'another grant type',
    form: { ...grant, grant_type: 'password' },
    status: 400,
    error: 'unsupported_grant_type',
  },
  { title: 'a wrong secret', form: { ...grant, client_secret: 'guessed' }, status: 401, error: 'invalid_client' },
  { title: 'an unknown client', form: { ...grant, client_id: '0oaUnknown' }, status: 401, error: 'invalid_client' },
  {
    title: 'a scope outside the manifest',
    form: { ...grant, scope: 'asset.view account.delete' },
    status: 400,
    error: 'invalid_scope',
  },
  { title: 'no scope', form: { ...grant, scope: '' }, status: 400, error: 'invalid_scope' },
])('refuses $title with $status $error', async ({ form, status, error }) => {
  await using simulator = await installed()

  const answer = await simulator.askToken(form)

  expect(answer.status).toBe(status)
  expect(await answer.json()).toEqual({ error, error_description: expect.any(String) })
})

test.each([
  {
    title: 'a JSON body',
    request: { body: JSON.stringify(grant), headers: { 'content-type': 'application/json' } },
    status: 400,
    rule: 'token-content-type',
  },
  {
    title: 'HTTP Basic',
    request: {
      body: new URLSearchParams(grant).toString(),
      headers: { authorization: `Basic ${btoa('a:b')}`, 'content-type': 'application/x-www-form-urlencoded' },
    },
    status: 401,
    rule: 'token-client-in-body',
  },
  {
    title: 'a repeated parameter',
    request: {
      body: `${new URLSearchParams(grant)}&scope=asset.view`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
    status: 400,
    rule: 'token-parameter-once',
  },
])('refuses $title and notes the broken rule', async ({ request, status, rule }) => {
  await using simulator = await installed()

  const answer = await simulator.send('POST', '/apptoken', request)

  expect(answer.status).toBe(status)
  expect(await simulator.brokenRules()).toEqual([rule])
})

test('accepts only POST', async () => {
  await using simulator = await installed()

  const answer = await simulator.send('GET', '/apptoken')

  expect(answer.status).toBe(405)
  expect(await simulator.brokenRules()).toEqual(['method-not-allowed'])
})

test('notes a secret in the address without repeating it', async () => {
  await using simulator = await installed()

  const answer = await simulator.send('POST', `/apptoken?client_secret=${client.clientSecret}`)

  expect(answer.status).toBe(400)
  expect(await simulator.brokenRules()).toEqual(['secret-in-query'])
  expect(JSON.stringify(await simulator.control('GET', 'requests'))).not.toContain(client.clientSecret)
})

test.each(['node', 'undici', 'axios/1.7.0', 'jose/v6.2.18', 'night-shift'])(
  'notes the User-Agent %s, which names no app and version',
  async (userAgent) => {
    await using simulator = await installed()

    await simulator.send('POST', '/apptoken', {
      headers: { 'user-agent': userAgent, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(grant).toString(),
    })

    expect(await simulator.brokenRules()).toEqual(['user-agent-names-app-and-version'])
  },
)

test('refuses a denied optional scope, or leaves it out when so set', async () => {
  await using simulator = await installed({ grantedScopes: ['asset.view'] })
  const both = { ...grant, scope: 'asset.view account.event.manage' }

  const refused = await simulator.askToken(both)
  expect(refused.status).toBe(400)
  expect(await refused.json()).toMatchObject({ error: 'invalid_scope' })
  expect(await simulator.brokenRules()).toEqual([])

  await simulator.control('PUT', 'settings', { deniedScopes: 'shorter' })
  expect(await (await simulator.askToken(both)).json()).toMatchObject({ scope: 'asset.view' })
})

test('refuses a scope that the plan does not include, in words of its own', async () => {
  await using simulator = await installed({ scopesOutsidePlan: ['account.event.manage'] })

  const refused = await simulator.askToken({ ...grant, scope: 'asset.view account.event.manage' })
  expect(refused.status).toBe(400)
  expect(await refused.json()).toMatchObject({ error: 'plan_required' })
  expect((await simulator.askToken(grant)).status).toBe(200)
  expect(await simulator.brokenRules()).toEqual([])
})

test('a client starts to work at the requested time', async () => {
  await using simulator = await startSimulator()
  await simulator.control('POST', 'install', { accountId: nordvang, ...client, deliver: false, worksAfterMs: 60_000 })

  expect((await simulator.askToken(grant)).status).toBe(401)
  await simulator.control('PUT', 'clock', { now: Date.now() + 61_000 })
  expect((await simulator.askToken(grant)).status).toBe(200)
})

test.each([
  { expiresInForm: 'text', tokenLifetimeS: 30, expected: { expires_in: '30' } },
  { expiresInForm: 'number', tokenLifetimeS: 0, expected: { expires_in: 0 } },
])('writes the lifetime as set: $expected', async ({ expected, ...settings }) => {
  await using simulator = await installed()
  await simulator.control('PUT', 'settings', settings)

  expect(await (await simulator.askToken(grant)).json()).toMatchObject(expected)
})

test('speaks Okta when so set', async () => {
  await using simulator = await installed()
  await simulator.control('PUT', 'settings', { tokenErrorForm: 'okta' })

  const answer = await simulator.askToken({ ...grant, client_secret: 'guessed' })

  expect(answer.headers.get('www-authenticate')).toContain('Basic')
  expect(await answer.json()).toMatchObject({ errorCode: 'invalid_client' })
})
