import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startMailServer } from '../../test/mail-server.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { hasPgBouncer, startTransactionPooler } from '../../test/transaction-pooler.ts'
import { connectDatabase } from '../database/database.ts'
import { checkDatabaseClock, checkListen } from './doctor/check-database.ts'
import type { Finding } from './doctor/finding.ts'
import { runOperatorCommand } from './operator.ts'

const database = await createTestDatabase()
const dataDir = await mkdtemp(join(tmpdir(), 'standin-doctor-'))
afterAll(async () => {
  await database.drop()
  await rm(dataDir, { recursive: true })
})

/** Plays Trackunit and our own address: answers by path, and keeps the requests. */
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
    sent,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

async function operate(world: string, argv: string[], environment: Record<string, string> = {}) {
  let out = ''
  const exitCode = await runOperatorCommand({
    app: {
      id: '@acme/fleet-night',
      name: 'Fleet night',
      description: 'Works at night.',
      scopes: [{ scope: 'asset.view', optional: false }],
      callbackUrl: 'https://standin.example/trackunit/callback',
    },
    argv,
    environment: {
      DATABASE_URL: database.url,
      CALLBACK_PATH_SECRET: 'a-secret-of-the-path',
      TRACKUNIT_JWKS_URL: `${world}/jwks`,
      TRACKUNIT_TOKEN_URL: `${world}/apptoken`,
      TRACKUNIT_API_URL: world,
      STANDIN_DATA_DIR: dataDir,
      STANDIN_ENCRYPTION_KEYS: `e:${'A'.repeat(43)}`,
      STANDIN_LINK_KEYS: `l:${'B'.repeat(43)}`,
      STANDIN_AUDIT_KEYS: `a:${'C'.repeat(43)}`,
      ...environment,
    },
    writeOut: (text) => (out += text),
    writeErr: () => {},
  })
  return { exitCode, out }
}

async function askDoctor(world: string, environment: Record<string, string> = {}) {
  const { exitCode, out } = await operate(world, ['doctor', '--public-url', world, '--json'], environment)
  const findings: Finding[] = JSON.parse(out)
  const checksOf = (level: Finding['level']) =>
    findings.filter((each) => each.level === level).map(({ check }) => check)
  return { exitCode, out, wrong: checksOf('wrong'), notes: checksOf('note') }
}

const callback = '/trackunit/callback/a-secret-of-the-path'
const healthy = {
  '/jwks': { body: { keys: [{ kid: 'k' }] } },
  '/apptoken': { status: 401 },
  '/api/asset/v2/assets': { status: 401 },
  [callback]: { status: 401, body: { reason: 'IDENTITY_MISSING' } },
}

test('a database that takes no changes is wrong, however well it answers', async () => {
  await using standby = await createTestDatabase()
  const { sql, close } = connectDatabase(standby.url, { pool: 1 })
  await sql.unsafe(`alter database ${new URL(standby.url).pathname.slice(1)} set default_transaction_read_only = on`)
  await close()
  const { exitCode, out } = await operate('http://127.0.0.1:9', ['doctor'], { DATABASE_URL: standby.url })
  expect(exitCode).toBe(1)
  expect(out).toContain('WRONG commits: refused: this is a standby')
})

test('the doctor reports failed checks only, and neither sends nor prints a secret', async () => {
  await using world = await startWorld(healthy)
  // The databases of tests are fast and not on disk.
  const { exitCode, wrong, notes, out } = await askDoctor(world.url)
  expect([exitCode, wrong]).toEqual([1, ['commits']])
  expect(notes).toEqual(['keys', 'addresses', 'users', 'proxy', 'mail'])
  expect(world.sent.toSorted()).toEqual([
    'GET /api/asset/v2/assets  ',
    'GET /jwks  ',
    'POST /apptoken  ',
    `POST ${callback}  {}`,
  ])
  expect(out).not.toContain('a-secret-of-the-path')
})

test('the doctor compares sessions and size with what servers and rows should take', async () => {
  await using world = await startWorld(healthy)
  const { out } = await askDoctor(world.url, { DATABASE_POOL: '200' })
  const findings: Finding[] = JSON.parse(out)
  expect(findings.find(({ check }) => check === 'size')?.text).toMatch(
    /^\d+ MB without files, for 0 accounts and 0 runs/,
  )
  expect(findings.find(({ check }) => check === 'connections')).toMatchObject({
    level: 'wrong',
    text: expect.stringMatching(/^\d+ of \d+ sessions in use; 1 server can need 205: some will be refused/),
  })
})

test('the doctor names each check that fails', async () => {
  await using world = await startWorld({
    '/jwks': { body: { keys: [{ kid: 'k' }] }, date: new Date(Date.now() - 300_000).toUTCString() },
    '/apptoken': { status: 404 },
    [callback]: { status: 200, body: { parked: 'domain' } },
  })
  expect((await askDoctor(world.url)).wrong).toEqual(['commits', 'clock', 'token endpoint', 'API', 'callback address'])
  expect((await askDoctor(`${world.url}/nowhere`)).wrong).toContain('signing keys')
  expect((await askDoctor(world.url, { DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' })).wrong).toContain(
    'database',
  )
  expect(await askDoctor(world.url, { PORT: 'many', STANDIN_TYPO: '1' })).toMatchObject({
    exitCode: 1,
    wrong: ['settings', 'settings'],
  })
})

test('on a laptop without a network, no server needs to answer', async () => {
  const nowhere = 'http://127.0.0.1:9'
  const { wrong, notes } = await askDoctor(nowhere, { SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'a@acme.example' })
  expect(wrong).toEqual(['commits', 'callback address'])
  expect(notes).toEqual(expect.arrayContaining(['signing keys', 'token endpoint', 'API', 'mail']))
})

test('the doctor finds a spool that cannot be written, a mail server that refuses the sign-in, a missing audit key, and a forged row', async () => {
  await using world = await startWorld(healthy)
  await using mail = await startMailServer({ signIn: 535 })
  const notAFolder = join(dataDir, 'file')
  await writeFile(notAFolder, '')
  const { sql, close } = connectDatabase(database.url, { pool: 1 })
  await sql`insert into audit_heads (writer, seq, mac, at, kid, signature) values ('w', 1, '', now(), 'lost', '')`
  await sql`insert into grants (service, account_id, scopes, mac) values ('theirs', 'all', '{a}', '')`
  const { wrong, out } = await askDoctor(world.url, {
    STANDIN_DATA_DIR: notAFolder,
    SMTP_URL: mail.url.replace('//', '//us:s3cr3t@'),
    MAIL_FROM: 'a@acme.example',
  })
  await sql`delete from audit_heads`
  await sql`delete from grants`
  await close()

  expect(wrong).toEqual(['commits', 'audit keys', 'signed rows', 'spool', 'mail'])
  expect(out).toContain('rows are signed with lost')
  expect(out).toContain('grant theirs all: no key')
  expect(out).not.toContain('s3cr3t')
})

test('the doctor names a revoked key that someone put back', async () => {
  await using world = await startWorld(healthy)
  const { sql, close } = connectDatabase(database.url, { pool: 1 })
  const created = ['--service', 'theirs', '--account', 'all', '--scopes', 'asset.view', '--json']
  const { id } = JSON.parse((await operate(world.url, ['keys', 'create', ...created])).out)
  expect((await askDoctor(world.url)).wrong).toEqual(['commits'])
  const [{ mac }] = (await sql`select mac from service_keys`) as [{ mac: string }]
  await operate(world.url, ['keys', 'revoke', id, '--yes'])
  await sql`update service_keys set revoked_at = null, mac = ${mac}`

  const { wrong, out } = await askDoctor(world.url)
  expect(wrong).toEqual(['commits', 'signed rows'])
  expect(out).toContain(`service key ${id}: someone put back`)
  await sql`truncate service_keys, grants, audit_entries, audit_heads`
  await close()
})

test.skipIf(!hasPgBouncer)('the doctor notices that notifications do not pass a transaction pooler', async () => {
  await using world = await startWorld(healthy)
  await using pooler = await startTransactionPooler(database.url)

  expect((await askDoctor(world.url, { DATABASE_URL: pooler.url })).wrong).toEqual(['commits', 'notifications'])
  const direct = await askDoctor(world.url, { DATABASE_URL: pooler.url, DATABASE_DIRECT_URL: database.url })
  expect(direct.wrong).toEqual(['commits'])
})

test('a notification in another database does not arrive', async () => {
  const other = await createTestDatabase()
  const [here, there] = [connectDatabase(database.url, { pool: 1 }), connectDatabase(other.url, { pool: 1 })]
  expect(await checkListen(here.sql, here.sql)).toMatchObject({ level: 'good' })
  expect(await checkListen(here.sql, there.sql)).toMatchObject({ level: 'wrong' })
  await Promise.all([here.close(), there.close()])
  await other.drop()
})

test('a clock that differs from the database’s is wrong', async () => {
  const { sql, close } = connectDatabase(database.url, { pool: 1 })
  const inMs = (ms: number) => checkDatabaseClock(sql, () => new Date(Date.now() + ms))
  expect(await inMs(0)).toMatchObject({ level: 'good' })
  expect(await inMs(40_000)).toMatchObject({ level: 'wrong', text: expect.stringContaining('40 s off') })
  await close()
})
