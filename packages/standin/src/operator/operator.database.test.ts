import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { auditKeys, auditRing, testSigned } from '../../test/signed-rows.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { findGrants, findServiceByKey } from '../access/access-store.ts'
import { digestOfPresentedKey } from '../access/service-key.ts'
import { createAudit } from '../audit/audit.ts'
import { systemClock } from '../clock.ts'
import { connectDatabase } from '../database/database.ts'
import { runOperatorCommand } from './operator.ts'

const program = fileURLToPath(new URL('../../bin/standin.ts', import.meta.url))
const account = '11111111-1111-4111-8111-111111111111'
const app = {
  id: '@acme/fleet-night',
  name: 'Fleet night',
  description: 'Works at night.',
  scopes: [
    { scope: 'a', optional: false },
    { scope: 'b', optional: true },
  ],
  callbackUrl: 'https://standin.example.com/trackunit/callback',
}

/** A maker's project with a database, in which operator commands run. */
async function createProject({ config = app as object } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'standin-operator-'))
  await writeFile(join(folder, 'standin.config.ts'), `export default ${JSON.stringify(config)}`)
  const database = await createTestDatabase()
  const { db, sql, close } = connectDatabase(database.url, { pool: 1 })

  const own = { DATABASE_URL: database.url, STANDIN_DATA_DIR: join(folder, 'data') }

  /** Runs a command in this process, which is faster. */
  async function standin(argv: string[], environment: Record<string, string> = {}) {
    let [out, said] = ['', '']
    const exitCode = await runOperatorCommand({
      app,
      argv,
      environment: { ...own, ...environment },
      writeOut: (text) => {
        out += text
      },
      writeErr: (text) => {
        said += text
      },
    })
    return { out, said, exitCode }
  }

  /** Runs the program itself. */
  async function standinProcess(argv: string[], environment: Record<string, string> = {}) {
    const { PATH = '', NODE_OPTIONS = '', NODE_COMPILE_CACHE = '' } = process.env
    const child = spawn(process.execPath, [program, ...argv], {
      cwd: folder,
      env: { PATH, NODE_OPTIONS, NODE_COMPILE_CACHE, ...own, ...environment },
    })
    const { promise: code, resolve } = Promise.withResolvers<number | null>()
    child.on('close', resolve)
    const [out, said, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), code])
    return { out, said, exitCode }
  }
  return {
    db,
    sql,
    folder,
    standin,
    standinProcess,
    async [Symbol.asyncDispose]() {
      await close()
      await database.drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const create = ['keys', 'create', '--service', 'reports', '--account', account, '--scopes', 'a b']
const noTalk = {
  STANDIN_ENCRYPTION_KEYS: `k:${'A'.repeat(43)}`,
  STANDIN_LINK_KEYS: `l:${'B'.repeat(43)}`,
  STANDIN_AUDIT_KEYS: `a:${'C'.repeat(43)}`,
}

describe('keys create', () => {
  test('prints only the key, which works from then on', async () => {
    await using project = await createProject()
    const { standinProcess, db, sql } = project

    const { out, said, exitCode } = await standinProcess(create, { STANDIN_AUDIT_KEYS: auditKeys })

    expect(exitCode).toBe(0)
    expect(out).toMatch(/^sk_standin_[0-9a-f]{12}_[\w-]+\n$/)
    const digest = digestOfPresentedKey(out.trim())
    const reading = { db, signedRows: testSigned }
    expect(await findServiceByKey(reading, digest ?? '')).toMatchObject({ caller: { service: 'reports' } })
    expect(await findGrants(reading, [{ service: 'reports', accountId: account }])).toMatchObject([
      [{ accountId: account, scopes: ['a', 'b'] }],
    ])
    expect(said).toContain('reports')
    expect(said).not.toContain(out.trim())
    expect(await sql`select actor_kind, event from audit_entries`).toEqual([
      { actor_kind: 'operator', event: 'service-key.created' },
    ])
  })

  test('--json prints it as JSON', async () => {
    await using project = await createProject()
    const { standin } = project
    const { out } = await standin([...create, '--json', '--expires-in-days', '10'])

    const { id, key, expiresAt } = JSON.parse(out)
    expect(key).toContain(`sk_standin_${id}_`)
    expect(new Date(expiresAt).getTime() - Date.now()).toBeLessThan(10 * 86_400_000)
  })

  test('a scope that the app does not have fails, and creates no key', async () => {
    await using project = await createProject()
    const { standinProcess, sql } = project
    const { out, said, exitCode } = await standinProcess([...create.slice(0, -1), 'a x'], noTalk)

    expect({ out, exitCode }).toEqual({ out: '', exitCode: 1 })
    expect(said).toMatch(/^SCOPE_NOT_IN_MANIFEST: .*x\.\n$/)
    expect(await sql`select count(*)::int from service_keys`).toEqual([{ count: 0 }])
  })
})

test('a usage error exits with 2 and prints nothing', async () => {
  await using project = await createProject()
  const { standinProcess } = project
  const { out, said, exitCode } = await standinProcess(['keys', 'create', '--service', 'x'])

  expect({ out, exitCode }).toEqual({ out: '', exitCode: 2 })
  expect(said).toContain('--account')
})

describe('a failure exits with 1, prints nothing and reports one line', () => {
  test.for<{ title: string; args: string[]; environment?: Record<string, string>; says: RegExp }>([
    {
      title: 'an account that never installed',
      args: ['installations', 'approve', account, '1'],
      says: /^INSTALLATION_NOT_FOUND: /,
    },
    {
      title: 'a database that is down',
      args: create,
      environment: { DATABASE_URL: 'postgres://anna:s3cret@127.0.0.1:1/x' },
      says: /ECONNREFUSED/,
    },
    {
      title: 'an unknown setting',
      args: create,
      environment: { STANDIN_NOTHING: 'x' },
      says: /^STANDIN_NOTHING is not a setting/,
    },
  ])('$title', async ({ args, environment, says }) => {
    await using project = await createProject()
    const { standin } = project
    const { out, said, exitCode } = await standin(args, { ...noTalk, ...environment })

    expect({ out, exitCode }).toEqual({ out: '', exitCode: 1 })
    expect(said).toMatch(says)
    expect(said.trimEnd().split('\n')).toHaveLength(1)
    expect(said).not.toContain('s3cret')
  })

  test('an invalid app description', async () => {
    await using project = await createProject({ config: { ...app, id: 'no id' } })
    const { standinProcess } = project
    const { said, exitCode } = await standinProcess(create, noTalk)

    expect(exitCode).toBe(1)
    expect(said).toMatch(/^standin\.config\.ts: id: .*@organization\/appname\.\n$/)
  })
})

describe('keys and grants', () => {
  test('a key is created, listed without its secret, rotated and revoked; a grant is set, listed and removed; the audit records it', async () => {
    await using project = await createProject()
    const { standin } = project
    const made = JSON.parse((await standin([...create, '--json'])).out)
    const rotated = JSON.parse((await standin(['keys', 'rotate', made.id, '--overlap-hours', '1', '--json'])).out)
    await standin(['keys', 'revoke', made.id, '--yes'])
    const listed = await standin(['keys', 'list', '--service', 'reports', '--json'])
    expect(JSON.parse(listed.out)).toMatchObject([
      { id: rotated.id, state: 'good' },
      { id: made.id, state: 'revoked' },
    ])
    for (const key of [made.key, rotated.key]) expect(listed.out).not.toContain(key.slice(24, 60))

    const grants = async () => (await standin(['grants', 'list'])).out
    await standin(['grants', 'set', '--service', 'reports', '--account', 'all', '--scopes', 'b'])
    expect(await grants()).toBe(
      [
        'SERVICE  ACCOUNT                               SCOPES',
        `reports  ${account}  a b`,
        'reports  all                                   b\n',
      ].join('\n'),
    )
    await standin(['grants', 'remove', '--service', 'reports', '--account', account, '--yes'])
    expect(await grants()).toBe('SERVICE  ACCOUNT  SCOPES\nreports  all      b\n')
    expect((await standin(['grants', 'remove', '--service', 'reports', '--account', account, '--yes'])).exitCode).toBe(
      1,
    )

    const verified = await standin(['audit', 'verify', '--json'])
    expect({ ...JSON.parse(verified.out), exitCode: verified.exitCode }).toMatchObject({
      rows: 5,
      problems: [],
      exitCode: 0,
    })
  })
})

describe('audit', () => {
  test('verify names the first row that does not match its signature, and exits with 1', async () => {
    await using project = await createProject()
    const { standin, sql } = project
    await standin(create)
    await sql`update audit_entries set actor_id = 'somebody'`
    const { out, said, exitCode } = await standin(['audit', 'verify'])
    expect(exitCode).toBe(1)
    expect(out).toMatch(/^changed: entry 1 of w1\/changes \(id \d+, .*\) is not what was signed\n$/)
    expect(said).toContain('The audit does not match what was signed.')
  })

  test('verify finds deleted chains with the help of the log', async () => {
    await using project = await createProject()
    const { standin, sql, folder } = project
    await standin(create)
    const [{ writer, seq, mac, at } = {}] = await sql`select * from audit_heads`
    await sql`delete from audit_entries`
    await sql`delete from audit_heads`
    const log = join(folder, 'server.log')
    await writeFile(
      log,
      `{"msg":"request"}\nserver | ${JSON.stringify({ level: 30, msg: 'audit head', writer, seq: Number(seq), mac, at: new Date(at) })}\n`,
    )
    expect((await standin(['audit', 'verify'])).exitCode).toBe(0)
    expect((await standin(['audit', 'verify', '--heads', log])).out).toBe(
      `missing: entry 1 of ${writer} does not exist as the log recorded it\n`,
    )
  })

  test('holders lists who received tokens of a generation', async () => {
    await using project = await createProject()
    const { standin } = project
    const at = new Date('2026-01-01T00:00:00Z')
    const { recordSpooled } = createAudit({ db: project.db, clock: systemClock, keys: auditRing })
    for (const [actor, key, fingerprint, scope] of [
      ['reports', 'k1', 'f1', 'a'],
      ['reports', 'k1', 'f1', 'a'],
      ['reports', 'k1', 'f2', 'b'],
      ['billing', 'k2', 'f1', 'a'],
    ] as const)
      await recordSpooled({
        accountId: account,
        generation: 2,
        scopeKey: scope,
        fingerprint,
        serviceKeyId: key,
        restsOn: [],
        receiver: { kind: 'service', id: actor },
        entryId: randomUUID(),
        at,
      })
    const holders = async (generation: string) =>
      JSON.parse((await standin(['audit', 'holders', '--account', account, '--generation', generation, '--json'])).out)
    expect(await holders('2')).toMatchObject([
      { actorId: 'reports', key: 'k1', tokens: 2, handOuts: 3, scopes: ['a', 'b'], lastAt: '2026-01-01T00:00:00.000Z' },
      { actorId: 'billing', key: 'k2', tokens: 1, handOuts: 1, scopes: ['a'] },
    ])
    const byKey = await standin(['keys', 'holders', '--account', account, '--generation', '2'])
    expect(byKey.out).toMatch(/^HOLDER +KEY +TOKENS .*\nservice reports +k1 +2 /)
    const none = ['audit', 'holders', '--account', account, '--generation', '1']
    expect(await standin(none)).toMatchObject({ exitCode: 1, said: expect.stringMatching(/^INSTALLATION_NOT_FOUND/) })
    await project.sql`insert into installations (account_id) values (${account})`
    expect(await standin(none)).toMatchObject({
      exitCode: 0,
      out: '',
      said: expect.stringMatching(/^No service received/),
    })
  })
})

describe('text from outside', () => {
  const hostile = 'a\u001b]0;owned\u0007\u202e'

  test('is listed without control characters', async () => {
    await using project = await createProject()
    const { standin, sql } = project
    await sql`insert into installations (account_id, active_generation) values (${account}, 1)`
    await sql`
      insert into credentials (account_id, generation, app_id, client_id, state, issued_at, tie_break, bound, proven_at, granted_scopes)
      values (${account}, 1, 'app', 'client', 'active', now(), '', true, now(), array[${hostile}]::text[])`
    await sql`
      insert into callbacks (account_id, app_id, type, content_digest, issued_at, outcome, claim_names)
      values (${account}, 'app', ${hostile}, 'x', now(), 'ignored', array[${hostile}]::text[])`

    const listed = await Promise.all(
      [
        ['installations', 'list'],
        ['installations', 'show', account],
        ['callbacks', 'list'],
        ['callbacks', 'list', '--json'],
      ].map((args) => standin(args)),
    )

    for (const { out, exitCode } of listed) {
      expect(exitCode).toBe(0)
      expect(out).toContain(account)
      expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    }
  })
})

test('an empty list says so beside the result, which is empty or an empty JSON list', async () => {
  await using project = await createProject()
  const { standin } = project
  for (const [list, said] of [
    [['installations', 'list'], 'No accounts.\n'],
    [['runs', 'list'], 'No runs.\n'],
    [['deliveries', 'list'], 'No deliveries.\n'],
    [['callbacks', 'list'], 'No callbacks.\n'],
    [['callbacks', 'held'], 'No held callbacks.\n'],
    [['keys', 'list'], 'No keys.\n'],
    [['grants', 'list'], 'No grants.\n'],
  ] as const) {
    expect(await standin([...list], noTalk)).toEqual({ out: '', said, exitCode: 0 })
    expect((await standin([...list, '--json'], noTalk)).out).toBe('[]\n')
  }
})

test('callbacks url prints the address for the manifest, with its secret', async () => {
  await using project = await createProject()
  const { standin } = project
  const secret = 'a-path-secret-of-24-chars'

  expect((await standin(['callbacks', 'url'], { CALLBACK_PATH_SECRET: secret })).out).toBe(
    `${app.callbackUrl}/${secret}\n`,
  )
})
