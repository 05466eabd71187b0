import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { accountRecord } from './accounts.ts'
import { openState } from './state.ts'
import { nordvang, startSimulator } from './test/started-simulator.ts'

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'trackunit-simulator-'))
})
afterEach(() => rm(dataDir, { recursive: true }))

test('a second start continues with the keys, clients and accounts of the first', async () => {
  const grant = { grant_type: 'client_credentials', client_id: '0oaKept', client_secret: 'kept', scope: 'asset.view' }
  const keySet = async (simulator: Awaited<ReturnType<typeof startSimulator>>, path: string) =>
    (await simulator.send('GET', path)).json()

  const first = await startSimulator({ dataDir })
  await first.control('POST', 'install', { accountId: nordvang, clientId: '0oaKept', clientSecret: 'kept' })
  const marketplaceKeys = await keySet(first, '/api/marketplace/jwks')
  const userTokenKeys = await keySet(first, '/user-tokens/jwks')
  const { access_token } = (await (await first.askToken(grant)).json()) as { access_token: string }
  await first[Symbol.asyncDispose]()

  await using second = await startSimulator({ dataDir })
  expect(await keySet(second, '/api/marketplace/jwks')).toEqual(marketplaceKeys)
  expect(await keySet(second, '/user-tokens/jwks')).toEqual(userTokenKeys)
  expect((await second.askToken(grant)).status).toBe(200)
  const answer = await second.send('GET', '/api/asset/v2/assets', {
    headers: { authorization: `Bearer ${access_token}` },
  })
  expect(answer.status).toBe(200)
  expect((await second.control('GET', 'accounts')).accounts[0]).toMatchObject({
    isInstalled: true,
    clientId: '0oaKept',
  })
})

test('has everything in one file that only its owner reads before it answers', async () => {
  await using simulator = await startSimulator({ dataDir })
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      simulator.control('POST', 'install', { accountId: crypto.randomUUID(), clientId: `0oa${index}`, deliver: false }),
    ),
  )

  const kept = JSON.parse(await readFile(join(dataDir, 'trackunit.json'), 'utf8'))
  expect(Object.keys(kept.clients)).toHaveLength(20)
  expect(await readdir(dataDir)).toEqual(['trackunit.json'])
  expect((await stat(join(dataDir, 'trackunit.json'))).mode & 0o777).toBe(0o600)
})

test('a change that comes during a write is written before its save ends', async () => {
  const { state, save } = await openState(dataDir)
  const change = (accountId: string) => {
    accountRecord(state, accountId)
    return save()
  }

  await Promise.all([change('first'), change('second'), change('third')])

  const reopened = await openState(dataDir)
  expect(Object.keys(reopened.state.accounts)).toEqual(['first', 'second', 'third'])
})

test('says in one line what is wrong with its folder', async () => {
  await writeFile(join(dataDir, 'trackunit.json'), '{"version":')
  await expect(startSimulator({ dataDir })).rejects.toThrow(/trackunit\.json is not a state of this simulator/)
  await expect(startSimulator({ dataDir: join(dataDir, 'trackunit.json', 'below') })).rejects.toThrow(
    /^cannot make the folder/,
  )
})
