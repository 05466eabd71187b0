import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { createTestDatabase } from '../../test/test-database.ts'
import type { Finding } from '../doctor/finding.ts'
import { runOperatorCommand } from './operator.ts'

const database = await createTestDatabase()
afterAll(database.drop)

/** What Trackunit and our own address answer, by path; what was sent to them is kept. */
async function startWorld(answers: Record<string, { status?: number; body?: object; date?: string }>) {
  const sent: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    sent.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''} ${body}`)
    const { status = 200, body: said = {}, date } = answers[request.url ?? ''] ?? { status: 404 }
    if (date) response.setHeader('date', date)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    ...{ sent, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

async function askDoctor(world: string, environment: Record<string, string> = {}) {
  let out = ''
  const exitCode = await runOperatorCommand({
    app: {
      ...{ id: '@acme/fleet-night', name: 'Fleet night', description: 'Works at night.' },
      scopes: [{ scope: 'asset.view', optional: false }],
      callbackUrl: 'https://standin.example/trackunit/callback',
    },
    argv: ['doctor', '--public-url', world, '--json'],
    environment: {
      ...{ DATABASE_URL: database.url, CALLBACK_PATH_SECRET: 'a-secret-of-the-path' },
      ...{ TRACKUNIT_JWKS_URL: `${world}/jwks`, TRACKUNIT_TOKEN_URL: `${world}/apptoken` },
      STANDIN_ENCRYPTION_KEYS: `e:${'A'.repeat(43)}`,
      STANDIN_LINK_KEYS: `l:${'B'.repeat(43)}`,
      STANDIN_AUDIT_KEYS: `a:${'C'.repeat(43)}`,
      ...environment,
    },
    writeOut: (text) => (out += text),
    writeErr: () => {},
  })
  const findings: Finding[] = JSON.parse(out)
  return { exitCode, out, wrong: findings.filter(({ isGood }) => !isGood).map(({ check }) => check) }
}

const callback = '/trackunit/callback/a-secret-of-the-path'
const healthy = {
  '/jwks': { body: { keys: [{ kid: 'k' }] } },
  '/apptoken': { status: 401 },
  [callback]: { status: 401, body: { reason: 'IDENTITY_MISSING' } },
}

test('the doctor finds what is wrong, and only that; it sends no secret and prints none', async () => {
  await using world = await startWorld(healthy)
  // The databases of tests are fast and not on disk.
  const { exitCode, wrong, out } = await askDoctor(world.url)
  expect([exitCode, wrong]).toEqual([1, ['commits']])
  expect(world.sent.toSorted()).toEqual(['GET /jwks  ', 'POST /apptoken  ', `POST ${callback}  {}`])
  expect(out).not.toContain('a-secret-of-the-path')
})

test('the doctor names each that is wrong', async () => {
  await using world = await startWorld({
    '/jwks': { body: { keys: [{ kid: 'k' }] }, date: new Date(Date.now() - 300_000).toUTCString() },
    '/apptoken': { status: 404 },
    [callback]: { status: 200, body: { parked: 'domain' } },
  })
  expect((await askDoctor(world.url)).wrong).toEqual(['commits', 'clock', 'token endpoint', 'callback address'])
  expect((await askDoctor(`${world.url}/nowhere`)).wrong).toContain('signing keys')
  expect((await askDoctor(world.url, { DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' })).wrong).toContain(
    'database',
  )
  expect(await askDoctor(world.url, { PORT: 'many', STANDIN_TYPO: '1' })).toMatchObject({
    exitCode: 1,
    wrong: ['settings', 'settings'],
  })
})
