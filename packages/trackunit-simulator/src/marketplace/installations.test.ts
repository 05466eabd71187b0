import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { nordvang, startAppServer, startSimulator } from '../test/started-simulator.ts'

async function started() {
  const app = await startAppServer()
  const simulator = await startSimulator({ callbackUrl: app.url })
  const verify = (identity: unknown) =>
    jwtVerify(String(identity), createRemoteJWKSet(new URL('/api/marketplace/jwks', simulator.url)))
  return {
    ...simulator,
    received: app.received,
    verify,
    [Symbol.asyncDispose]: async () => {
      await simulator[Symbol.asyncDispose]()
      await app[Symbol.asyncDispose]()
    },
  }
}

test('sends the documented callback under an identity that the published keys verify', async () => {
  await using simulator = await started()

  const answer = await simulator.control('POST', 'install', { accountId: nordvang })

  expect(answer.delivered).toMatchObject({ status: 200, body: { status: 'accepted' } })
  expect(answer).not.toHaveProperty('clientSecret')
  const [callback] = simulator.received
  expect(JSON.parse(callback?.body ?? '')).toEqual({
    type: 'INSTALLED',
    irisAppId: '@acme/night-shift',
    accountId: nordvang,
    clientId: expect.stringMatching(/^0oa\w{17}$/),
    clientSecret: expect.stringMatching(/^\w{43}$/),
  })
  const { payload } = await simulator.verify(callback?.headers['trackunit-identity'])
  expect(payload).toMatchObject({ iss: simulator.url, irisAppId: '@acme/night-shift', accountId: nordvang })
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300)
})

test('redelivers byte for byte, under a new identity or the same', async () => {
  await using simulator = await started()
  await simulator.control('POST', 'install', { accountId: nordvang })

  await simulator.control('POST', 'redeliver', { accountId: nordvang })
  await simulator.control('POST', 'redeliver', { accountId: nordvang, sameIdentity: true })

  const [first, renewed, same] = simulator.received
  expect(renewed?.body).toBe(first?.body)
  expect(renewed?.headers['trackunit-identity']).not.toBe(first?.headers['trackunit-identity'])
  expect(same?.headers['trackunit-identity']).toBe(first?.headers['trackunit-identity'])
})

test('a re-install makes a new client and ends the one before, unless it is kept', async () => {
  await using simulator = await started()
  const credentials = [
    { clientId: '0oaFirst', clientSecret: 'one' },
    { clientId: '0oaSecond', clientSecret: 'two' },
    { clientId: '0oaThird', clientSecret: 'three' },
  ] as const
  const works = async ({ clientId, clientSecret }: { clientId: string; clientSecret: string }) =>
    (
      await simulator.askToken({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        scope: 'asset.view',
      })
    ).status === 200

  await simulator.control('POST', 'install', { accountId: nordvang, ...credentials[0] })
  await simulator.control('POST', 'reinstall', { accountId: nordvang, ...credentials[1] })
  expect([await works(credentials[0]), await works(credentials[1])]).toEqual([false, true])

  await simulator.control('POST', 'reinstall', { accountId: nordvang, ...credentials[2], keepOldClient: true })
  expect([await works(credentials[1]), await works(credentials[2])]).toEqual([true, true])
})

test('announces an uninstall without credentials and ends the client', async () => {
  await using simulator = await started()
  await simulator.control('POST', 'install', { accountId: nordvang })

  await simulator.control('POST', 'uninstall', { accountId: nordvang })

  expect(JSON.parse(simulator.received[1]?.body ?? '')).toEqual({
    type: 'UNINSTALLED',
    irisAppId: '@acme/night-shift',
    accountId: nordvang,
  })
  const { accounts } = await simulator.control('GET', 'accounts')
  expect(accounts[0]).toMatchObject({ accountId: nordvang, isInstalled: false, clientId: null })
})

test('sends the credentials of another account where it is told to, without giving them away', async () => {
  await using simulator = await started()
  const victim = 'c2a4e3d7-9b1f-4a57-8d3e-7f21b6c0a9e4'
  await simulator.control('POST', 'install', { accountId: nordvang, clientId: '0oaOwn', clientSecret: 'own' })

  await simulator.control('POST', 'install', { accountId: victim, clientId: '0oaOwn' })

  expect(JSON.parse(simulator.received[1]?.body ?? '')).toMatchObject({ accountId: victim, clientId: '0oaOwn' })
  const { accounts } = await simulator.control('GET', 'accounts')
  expect(accounts[0]).toMatchObject({ accountId: nordvang, clientId: '0oaOwn' })
  expect(accounts[1]).toMatchObject({ accountId: victim, clientId: null })
})

test('publishes the old key beside the new one after a rotation, until it is withdrawn', async () => {
  await using simulator = await started()
  const published = async () =>
    ((await (await simulator.send('GET', '/api/marketplace/jwks')).json()) as { keys: object[] }).keys

  const [before] = await published()
  expect(Object.keys(before ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
  const { kid } = await simulator.control('POST', 'keys/rotate', { algorithm: 'ES256' })
  expect(await published()).toHaveLength(2)

  const { identity } = await simulator.control('POST', 'sign', { accountId: nordvang })
  expect(decodeProtectedHeader(identity)).toMatchObject({ alg: 'ES256', kid })
  await simulator.verify(identity)

  await simulator.control('POST', 'keys/rotate', { withdrawOld: true })
  expect(await published()).toHaveLength(1)
  await expect(simulator.verify(identity)).rejects.toThrow()
})

test.each(['unpublished', 'userTokens', 'symmetric', 'none'])('delivers what was forged with: %s', async (signWith) => {
  await using simulator = await started()

  const { delivered } = await simulator.control('POST', 'deliver', {
    body: { type: 'INSTALLED', irisAppId: '@acme/night-shift', accountId: nordvang },
    identity: { signWith, issuedAgoS: 10, claims: { jti: null, extra: 1 } },
  })

  expect(delivered.status).toBe(200)
  const identity = simulator.received[0]?.headers['trackunit-identity']
  expect(String(identity).split('.')).toHaveLength(3)
  await expect(simulator.verify(identity)).rejects.toThrow()
})

test('delivers any text, without an identity on request', async () => {
  await using simulator = await started()

  await simulator.control('POST', 'deliver', { body: 'not JSON', identity: null, contentType: 'text/plain' })

  expect(simulator.received[0]).toMatchObject({ body: 'not JSON', headers: { 'content-type': 'text/plain' } })
  expect(simulator.received[0]?.headers).not.toHaveProperty('trackunit-identity')
})

test('refuses to deny a scope that is not optional', async () => {
  await using simulator = await started()

  const answer = await simulator.control('POST', 'install', {
    accountId: nordvang,
    grantedScopes: ['account.event.manage'],
  })

  expect(answer).toEqual({ error: 'Not optional: asset.view' })
  expect(simulator.received).toEqual([])
})
