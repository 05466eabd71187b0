import { Agent, createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { json, startLocalServer } from '../../test/local-server.ts'
import { auditKeys, signAll } from '../../test/signed-rows.ts'
import { createSigningKey } from '../../test/signing-keys.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { createStandin, type RunningStandin } from '../create-standin.ts'
import { connectDatabase } from '../database/database.ts'
import { createServiceKey } from './service-key.ts'

const accountId = '11111111-1111-4111-8111-111111111111'
const app = {
  id: '@acme/fleet-night',
  name: 'Fleet night',
  description: 'Works at night.',
  scopes: [{ scope: 'asset.view', optional: false }],
  callbackUrl: 'https://standin.example/trackunit/callback',
}
const nowhere = 'http://127.0.0.1:9'
const allowedFailures = 60
const database = await createTestDatabase()
const { sql, close } = connectDatabase(database.url, { pool: 1 })
const manager = await createSigningKey('manager')
const keys = await startLocalServer(json({ keys: [manager.jwk] }))
const agent = new Agent({ keepAlive: true, maxSockets: 60 })
let standin: RunningStandin
let proxy: Awaited<ReturnType<typeof startProxy>>

/** Passes requests on, like a load balancer: the server sees one address, and the client's in X-Forwarded-For. */
async function startProxy(target: string) {
  const { hostname: host, port } = new URL(target)
  const server = createServer((incoming, response) => {
    const { method, url: path } = incoming
    const headers = { ...incoming.headers, 'x-forwarded-for': incoming.socket.remoteAddress }
    const passed = httpRequest({ agent, host, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    incoming.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}

beforeAll(async () => {
  standin = await createStandin({ app, actions: [] }).start({
    PORT: '0',
    METRICS_PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
    STANDIN_PARTS: 'api',
    TRACKUNIT_JWKS_URL: nowhere,
    TRACKUNIT_TOKEN_URL: nowhere,
    CALLBACK_PATH_SECRET: 'none',
    DRAIN_DELAY_S: '0',
    USER_TOKEN_ISSUER: 'manager',
    USER_TOKEN_JWKS_URL: keys.url,
    USER_TOKEN_ACCOUNT_CLAIM: 'account',
    USER_TOKEN_AUDIENCE: 'api',
    FAILED_SIGN_INS_PER_MINUTE: String(allowedFailures),
    STANDIN_ENCRYPTION_KEYS: `e:${'A'.repeat(43)}`,
    STANDIN_LINK_KEYS: `l:${'B'.repeat(43)}`,
    STANDIN_AUDIT_KEYS: auditKeys,
  })
  proxy = await startProxy(standin.url)
})
afterAll(async () => {
  await standin.stop()
  proxy.close()
  agent.destroy()
  await keys[Symbol.asyncDispose]()
  await close()
  await database.drop()
})

async function ask(bearer: string): Promise<{ status: number; reason: string | undefined }> {
  const path = `/trpc/installation.get?input=${encodeURIComponent(JSON.stringify({ accountId }))}`
  const headers = { authorization: `Bearer ${bearer}` }
  const answer = await new Promise<IncomingMessage>((resolve, reject) =>
    httpRequest({ agent, host: '127.0.0.1', port: proxy.port, path, headers }, resolve).on('error', reject).end(),
  )
  return { status: answer.statusCode ?? 0, reason: JSON.parse(await text(answer))?.error?.data?.reason }
}

const claims = () => ({
  iss: 'manager',
  aud: 'api',
  account: accountId,
  sub: 'anna',
  exp: Math.floor(Date.now() / 1_000) + 600,
})
/** A new key of a service that may read the account. */
async function createGoodKey(service: string): Promise<string> {
  const { id, key, digest } = createServiceKey()
  await sql`
    insert into service_keys (id, service, digest, expires_at, mac) values (${id}, ${service}, ${digest}, now() + interval '1 day', '')`
  await sql`insert into grants (account_id, service, scopes, mac) values (${accountId}, ${service}, array['asset.view'], '')`
  await signAll(sql)
  return key.reveal()
}

const garbage: Record<string, (number: number) => Promise<string> | string> = {
  'that are neither keys nor tokens': (number) => (number % 2 ? `${createServiceKey().key.reveal()}x` : 'trust-me'),
  'that look like keys and tokens': async (number) =>
    number % 2 ? createServiceKey().key.reveal() : `${(await manager.sign(claims())).slice(0, -12)}AAAAAAAAAAAA`,
}

describe('invariant 25: sign-ins behind a proxy, where all callers share one address', () => {
  test.each(Object.entries(garbage))(
    'more bearers than allowed %s lock out neither a new key nor a user',
    async (name, make) => {
      const good = await createGoodKey(name)
      const bad = await Promise.all(Array.from({ length: allowedFailures + 10 }, (_, number) => make(number)))
      const flood = Promise.all(bad.map(ask))
      const during = await Promise.all([ask(await manager.sign(claims())), ask(await createGoodKey(`${name} 2`))])
      const refused = await flood
      const after = await Promise.all([ask(await manager.sign(claims())), ask(good)])

      const seen = [...during, ...after].map(({ status, reason }) => `${status} ${reason}`)
      expect(seen).toEqual(Array(4).fill('200 undefined'))
      expect(refused.map(({ status }) => status)).not.toContain(200)
    },
  )

  test('after too many failures, obvious garbage is refused without a lookup', async () => {
    for (let failed = 0; failed < allowedFailures; failed++) await ask('trust-me')
    expect(await ask('trust-me')).toEqual({ status: 429, reason: 'RATE_LIMITED' })
  })
})
