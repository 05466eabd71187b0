import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { startDatabaseProxy } from '../test/database-proxy.ts'
import { createTestDatabase } from '../test/test-database.ts'
import { Secret } from './config/secret.ts'
import { createStandin } from './create-standin.ts'
import { connectDatabase } from './database/database.ts'
import { createVault } from './secrets/vault.ts'

const database = await createTestDatabase()
const { sql, close } = connectDatabase(database.url, { pool: 1 })
afterAll(async () => {
  await close()
  await database.drop()
})

const accountId = '11111111-1111-4111-8111-111111111111'
const app = {
  id: '@acme/fleet-night',
  name: 'Fleet night',
  description: 'Works at night.',
  scopes: [{ scope: 'asset.view', optional: false }],
  callbackUrl: 'https://standin.example/trackunit/callback',
}
const nowhere = 'http://127.0.0.1:9'

/** Starts a server of these parts, asks each edge, and ends it. @returns what answered, and whether it proved credentials */
async function tryOut(parts: string) {
  await sql`truncate installations, credentials cascade`
  await sql`insert into installations (account_id) values (${accountId})`
  await sql`
    insert into credentials (account_id, generation, app_id, client_id, sealed_secret, state, issued_at, tie_break, bound, next_attempt_at)
    values (${accountId}, 1, ${app.id}, 'client', 'is not opened', 'pending', now(), '', true, now() - interval '1 minute')`
  const { url, stop } = await createStandin({ app, actions: [] }).start({
    DRAIN_DELAY_S: '0',
    PORT: '0',
    METRICS_PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
    STANDIN_PARTS: parts,
    TRACKUNIT_JWKS_URL: nowhere,
    TRACKUNIT_TOKEN_URL: nowhere,
    CALLBACK_PATH_SECRET: 'none',
    STANDIN_ENCRYPTION_KEYS: `e:${'A'.repeat(43)}`,
    STANDIN_LINK_KEYS: `l:${'B'.repeat(43)}`,
    STANDIN_AUDIT_KEYS: `a:${'C'.repeat(43)}`,
  })
  try {
    const isServed = async (path: string, init: RequestInit) => (await fetch(`${url}${path}`, init)).status !== 404
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
    return {
      callbacks: await isServed('/trackunit/callback', post),
      lifecycle: await isServed('/trackunit/lifecycle', post),
      token: await isServed('/v1/token', post),
      procedures: await isServed('/trpc/action.list', {}),
      openApi: await isServed('/v1/openapi.json', {}),
      health: ((await (await fetch(`${url}/health/ready`)).json()) as { parts: string[] }).parts.join(),
    }
  } finally {
    await stop()
  }
}

/** Whether credentials that are due were taken up. What is under way when a server ends is waited for. */
async function wereProven(): Promise<boolean> {
  const stillDue = await sql`select 1 from credentials where next_attempt_at < now() - interval '50 seconds'`
  return stillDue.length === 0
}

describe('a process does what STANDIN_PARTS names, and nothing else', () => {
  const all = ['callbacks', 'api', 'worker']
  const combinations = Array.from({ length: 7 }, (_, index) => all.filter((_, bit) => (index + 1) & (1 << bit)))
  test.for(combinations.map((parts) => parts.join()))('%s', async (parts) => {
    const has = (part: string) => parts.split(',').includes(part)
    expect(await tryOut(parts)).toEqual({
      callbacks: has('callbacks'),
      lifecycle: has('callbacks'),
      token: has('api'),
      procedures: has('api'),
      openApi: has('api'),
      health: parts,
    })
    expect(await wereProven()).toBe(has('worker'))
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

test('counts every refusal by route and reason, never by address', async () => {
  const metricsPort = await freePort()
  const { url, stop } = await createStandin({ app, actions: [] }).start({
    DRAIN_DELAY_S: '0',
    PORT: '0',
    METRICS_PORT: String(metricsPort),
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
    TRACKUNIT_JWKS_URL: nowhere,
    TRACKUNIT_TOKEN_URL: nowhere,
    CALLBACK_PATH_SECRET: 'none',
    STANDIN_ENCRYPTION_KEYS: `e:${'A'.repeat(43)}`,
    STANDIN_LINK_KEYS: `l:${'B'.repeat(43)}`,
    STANDIN_AUDIT_KEYS: `a:${'C'.repeat(43)}`,
  })
  try {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
    await fetch(`${url}/v1/token`, post)
    await fetch(`${url}/trpc/token.issue`, post)
    await fetch(`${url}/s3cr3t`)
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
    expect(text).toContain('standin_refusals_total{route="/v1/token",reason="UNAUTHENTICATED"} 1')
    expect(text).toContain('standin_refusals_total{route="/trpc",reason="UNAUTHENTICATED"} 1')
    expect(text).toContain('standin_refusals_total{route="none",reason="NOT_FOUND"} 1')
    expect(text).toContain('standin_spool_bytes 0')
    expect(text).toContain('standin_database_up 1')
    expect(text).toMatch(/^standin_oldest_due_proof_seconds \d/m)
    expect(text).toMatch(/^standin_oldest_due_delivery_seconds \d/m)
    expect(text).not.toContain('s3cr3t')
  } finally {
    await stop()
  }
})

test('invariant 26: a server whose keys do not open what is stored takes nothing, and says which key is missing', async () => {
  const [a, b] = ['A'.repeat(43), 'B'.repeat(43)]
  const start = (encryption: string, audit: string) =>
    createStandin({ app, actions: [] }).start({
      DRAIN_DELAY_S: '0',
      PORT: '0',
      METRICS_PORT: '0',
      LOG_LEVEL: 'silent',
      DATABASE_URL: database.url,
      TRACKUNIT_JWKS_URL: nowhere,
      TRACKUNIT_TOKEN_URL: nowhere,
      CALLBACK_PATH_SECRET: 'none',
      STANDIN_ENCRYPTION_KEYS: encryption,
      STANDIN_LINK_KEYS: `l:${b}`,
      STANDIN_AUDIT_KEYS: audit,
    })
  const look = async (encryption: string, audit = `audit:${b}`) => {
    const { url, stop } = await start(encryption, audit)
    try {
      const ready = await fetch(`${url}/health/ready`)
      const body = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
      const callback = await fetch(`${url}/trackunit/callback`, body)
      const { keysMissing } = (await ready.json()) as { keysMissing?: string[] }
      // Who looks at this answer first looks for a fault of the database, which has none.
      expect((await callback.text()).includes('/health/ready says why')).toBe(keysMissing !== undefined)
      return { ready: ready.status, keysMissing, callback: callback.status }
    } finally {
      await stop()
    }
  }
  const good = { ready: 200, keysMissing: undefined, callback: 401 }
  const refused = { ready: 503, keysMissing: ['STANDIN_ENCRYPTION_KEYS old'], callback: 503 }

  await sql`truncate used_keys, installations, credentials cascade`
  expect(await look(`old:${a}`)).toEqual(good)
  const binding = { account: accountId, app: app.id, column: 'client-secret', generation: 1 } as const
  const vault = createVault([{ kid: 'old', bytes: Buffer.from(a, 'base64url') }])
  await sql`insert into installations (account_id) values (${accountId})`
  await sql`
    insert into credentials (account_id, generation, app_id, client_id, sealed_secret, state, issued_at, tie_break, bound)
    values (${accountId}, 1, ${app.id}, 'client', ${await vault.seal(new Secret('s'), binding)}, 'active', now(), '', true)`
  expect(await look(`new:${b}`)).toEqual(refused)
  expect(await look(`old:${b}`)).toEqual(refused) // The same name, other bytes.
  expect(await look(`new:${b},old:${a}`)).toEqual(good)
  await sql`truncate installations, credentials cascade`
  expect(await look(`new:${b}`)).toEqual(good) // Retired: no value needs it.
  expect((await sql`select kid from used_keys where ring = 'encryption'`).map(({ kid }) => kid)).toEqual(['new'])

  await sql`insert into installations (account_id, mac) values (${accountId}, 'audit:signed by the key of before')`
  const unsigned = { ready: 503, keysMissing: ['STANDIN_AUDIT_KEYS audit'], callback: 503 }
  expect(await look(`new:${b}`, `audit:${a}`)).toEqual(unsigned)
  expect(await look(`new:${b}`, `other:${a}`)).toEqual(unsigned)
  expect(await look(`new:${b}`, `other:${a},audit:${b}`)).toEqual(good)
})

test('a server that has nothing to do sends at most 15 statements a second, on 8 sessions', async () => {
  await using proxy = await startDatabaseProxy(database.url)
  const { stop } = await createStandin({ app, actions: [] }).start({
    DRAIN_DELAY_S: '0',
    PORT: '0',
    METRICS_PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: proxy.url,
    TRACKUNIT_JWKS_URL: nowhere,
    TRACKUNIT_TOKEN_URL: nowhere,
    CALLBACK_PATH_SECRET: 'none',
    STANDIN_ENCRYPTION_KEYS: `e:${'A'.repeat(43)}`,
    STANDIN_LINK_KEYS: `l:${'B'.repeat(43)}`,
    STANDIN_AUDIT_KEYS: `a:${'C'.repeat(43)}`,
  })
  const perSecond = async () => {
    const [before, beganAtMs] = [proxy.statements(), performance.now()]
    await pause(3_000)
    return ((proxy.statements() - before) * 1_000) / (performance.now() - beganAtMs)
  }
  try {
    // What a start does at once may take a while on a busy machine.
    let rate = await perSecond()
    for (let windows = 1; rate > 15 && windows < 8; windows++) rate = await perSecond()

    expect(rate).toBeLessThan(15)
    expect(rate).toBeGreaterThan(0) // It looks for work.
    expect(proxy.sessions()).toBeLessThanOrEqual(8)
  } finally {
    await stop()
  }
})
