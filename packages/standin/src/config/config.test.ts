import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import type { StandinApp } from '@standin/contracts'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readConfig } from './config.ts'
import { ConfigError } from './config-error.ts'
import type { Environment } from './environment-schema.ts'

const app: StandinApp = {
  id: '@acme/fleet',
  name: 'Fleet',
  description: 'A fleet.',
  scopes: [{ scope: 'account.asset.view', optional: false }],
  callbackUrl: 'https://standin.acme.example/trackunit/callback',
}
const encryptionKey = `main:${Buffer.alloc(32, 'abcd').toString('base64url')}`
const auditKey = `audit:${Buffer.alloc(32, 'mnop').toString('base64url')}`
const linkKey = `links:${Buffer.alloc(32, 'wxyz').toString('base64url')}`
const keys = { STANDIN_ENCRYPTION_KEYS: encryptionKey, STANDIN_LINK_KEYS: linkKey, STANDIN_AUDIT_KEYS: auditKey }
const production = {
  NODE_ENV: 'production',
  ...keys,
  PUBLIC_URL: 'https://standin.acme.example/',
  DATABASE_URL: 'postgres://user@db.example/standin',
  CALLBACK_PATH_SECRET: 'kept-between-us-0123',
  TRUST_PROXY: 'none',
}
const userTokens = {
  USER_TOKEN_ISSUER: 'https://manager.example',
  USER_TOKEN_JWKS_URL: 'https://manager.example/jwks',
  USER_TOKEN_ACCOUNT_CLAIM: 'account',
  USER_TOKEN_AUDIENCE: 'api',
}
const read = (environment: Environment) => readConfig(app, environment)
function problems(environment: Environment): readonly string[] {
  try {
    readConfig(app, environment)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.lines
    throw error
  }
}
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'standin-config-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

describe('what stops the start', () => {
  test('production names every missing setting on a line of its own', () => {
    expect(problems({ NODE_ENV: 'production' })).toEqual([
      'PUBLIC_URL is required in production.',
      'STANDIN_ENCRYPTION_KEYS is required in production.',
      'STANDIN_LINK_KEYS is required in production.',
      'STANDIN_AUDIT_KEYS is required in production.',
      'CALLBACK_PATH_SECRET is required in production.',
      expect.stringMatching(/^TRUST_PROXY is required in production: none, the number of proxies/),
      'DATABASE_URL is required in production (or STANDIN_EMBEDDED_DATABASE=allow for a single machine).',
    ])
    expect(problems(production)).toEqual([])
  })

  test('an invalid config names each field', () => {
    const broken = { ...app, id: 'acme', callbackUrl: 'http://standin.acme.example' }
    expect(() => readConfig(broken, keys)).toThrow(ConfigError)
    expect(() => readConfig(broken, keys)).toThrow(
      /^standin\.config\.ts: id: .+\nstandin\.config\.ts: callbackUrl: an address begins with https:\/\/ and a host\.$/,
    )
  })

  test('a process runs all parts, or those that are named', () => {
    expect(readConfig(app, keys).parts).toEqual(['callbacks', 'api', 'worker'])
    expect(readConfig(app, { ...keys, STANDIN_PARTS: 'callbacks, api' }).parts).toEqual(['callbacks', 'api'])
    for (const wrong of [',', 'callback', 'api;worker'])
      expect(() => readConfig(app, { ...keys, STANDIN_PARTS: wrong })).toThrow(/STANDIN_PARTS/)
  })

  test('invalid values, missing settings and unknown names are all reported at once', () => {
    const lines = problems({
      NODE_ENV: 'production',
      PORT: '65536',
      REINSTALL_POLICY: 'never',
      STANDIN_ENCRYPTION_KEYS: 'short',
      STANDIN_ENCRYPTOIN_KEYS: encryptionKey,
      CALLBACK_PATH_SECRET: 'a,b',
      USER_TOKEN_ISSUER: 'https://manager.example',
    })
    expect(lines.map((line) => line.split(/[ :]/, 1)[0]).sort()).toEqual([
      'CALLBACK_PATH_SECRET',
      'DATABASE_URL',
      'PORT',
      'PUBLIC_URL',
      'REINSTALL_POLICY',
      'STANDIN_AUDIT_KEYS',
      'STANDIN_ENCRYPTION_KEYS',
      'STANDIN_ENCRYPTOIN_KEYS',
      'STANDIN_LINK_KEYS',
      'TRUST_PROXY',
      'USER_TOKEN_ACCOUNT_CLAIM',
      'USER_TOKEN_AUDIENCE',
      'USER_TOKEN_JWKS_URL',
    ])
  })

  test.each<[string, string]>([
    ['PORT', '1.5'],
    ['PORT', 'http'],
    ...[
      'true',
      'false',
      '0',
      '100',
      '-1',
      '1.5',
      '10.0.0.0/0',
      '::/0',
      '10.0.0.0/33',
      '10.0.0.0/8/8',
      'proxy.example',
    ].map((text): [string, string] => ['TRUST_PROXY', text]),
    ['PUBLIC_URL', 'ftp://standin.acme.example'],
    ['PUBLIC_URL', 'standin.acme.example'],
    ['DATABASE_URL', 'mysql://s3cr3t@db'],
    ['STANDIN_EMBEDDED_DATABASE', 'yes'],
    ['STANDIN_ENCRYPTION_KEYS', `main:${'s3cr3t'.repeat(8)}`],
    ['STANDIN_ENCRYPTION_KEYS', `${encryptionKey},${encryptionKey}`],
    ['STANDIN_ENCRYPTION_KEYS', ','],
    ['STANDIN_LINK_KEYS', 'main:'],
    ['IRIS_APP_ID', 'fleet'],
    ['IRIS_APP_SCOPES', ' '],
    ['IRIS_APP_SCOPES', 'a "b"'],
    ['APP_ORIGINS', 'https://app.example/'],
    ['APP_ORIGINS', '*'],
    ['CALLBACK_PATH_SECRET', 's3cr3t'],
    ['CALLBACK_PATH_SECRET', 's3cr3t-0123456789/..'],
    ['CALLBACK_PATH_SECRET', 'kept-between-us-0001,kept-between-us-0002,kept-between-us-0003'],
    ['CALLBACK_MAX_AGE_S', '-1'],
    ['JWKS_COOLDOWN_S', 'soon'],
    ['REINSTALL_POLICY', 'Automatic'],
    ['TRACKUNIT_TOKEN_URL', 'auth.trackunit.com/apptoken'],
    ['TOKEN_CACHE_FOR_MS', '3600001'],
    ['LOG_LEVEL', 'verbose'],
  ])('%s=%s, in one line without the value', (name, value) => {
    const [line, ...others] = problems({ ...keys, [name]: value })
    expect(others).toEqual([])
    expect(line).toMatch(new RegExp(`^${name}\\b`))
    expect(line).not.toContain('s3cr3t')
  })

  test.each<[string, string]>([
    ['PUBLIC_URL', 'http://standin.acme.example'],
    ['PUBLIC_URL', 'https://localhost:4000'],
    ['TRACKUNIT_JWKS_URL', 'http://iris.trackunit.com/jwks'],
    ['TRACKUNIT_TOKEN_URL', 'https://127.0.0.1/apptoken'],
    ['TRACKUNIT_TOKEN_URL', 'https://127.1/apptoken'],
    ['TRACKUNIT_API_URL', 'https://[::1]/'],
    ['TRACKUNIT_API_URL', 'https://[::ffff:127.0.0.1]/'],
    ['TRACKUNIT_API_URL', 'https://localhost./'],
    ['TRACKUNIT_API_URL', 'https://api.localhost/'],
    ['CALLBACK_PATH_SECRET', 'changeme-changeme-changeme'],
    ['CALLBACK_PATH_SECRET', 'kept-between-us-0123,example-of-a-secret'],
    ['STANDIN_ENCRYPTION_KEYS', `zero:${'A'.repeat(43)}`],
    ['STANDIN_LINK_KEYS', `${linkKey},zero:${'A'.repeat(43)}`],
    ['STANDIN_AUDIT_KEYS', `zero:${'A'.repeat(43)}`],
  ])('in production: %s=%s', (name, value) => {
    const [line, ...others] = problems({ ...production, [name]: value })
    expect(others).toEqual([])
    expect(line).toMatch(new RegExp(`^${name} `))
  })

  test('settings that would accept user tokens of other apps, or incomplete ones', () => {
    expect(problems({ ...keys, ...userTokens })).toEqual([])
    expect(problems({ ...keys, ...userTokens, USER_TOKEN_AUDIENCE: undefined })).toEqual([
      expect.stringMatching(/^USER_TOKEN_AUDIENCE or USER_TOKEN_APP_CLAIM is missing/),
    ])
    expect(problems({ ...keys, ...userTokens, USER_TOKEN_AUDIENCE: '', USER_TOKEN_APP_CLAIM: 'app' })).toEqual([])
    expect(problems({ ...keys, ...userTokens, USER_TOKEN_ISSUER: undefined })).toEqual([
      expect.stringMatching(/^USER_TOKEN_ISSUER is missing/),
    ])
  })
})

test.for([
  [{ SMTP_URL: 'smtp://mail.example:587' }, 'MAIL_FROM is missing'],
  [{ MAIL_FROM: 'fleet@example.com' }, 'SMTP_URL is missing'],
  [{ SMTP_URL: 'mail.example', MAIL_FROM: 'fleet@example.com' }, 'SMTP_URL: starts with smtp://'],
  [{ SMTP_URL: 'smtp://mail.example', MAIL_FROM: 'a\r\nBcc: b@example.com' }, 'MAIL_FROM: an address'],
])('email needs a server and an address that it comes from: %o', ([settings, problem = '']) => {
  expect(problems({ ...keys, ...(settings as Record<string, string>) })).toEqual([
    expect.stringContaining(problem as string),
  ])
})

test.for(['api-key=a%20key==', 'authorization=Basic Zm9v,x-scope=night'])(
  'headers for a collector of traces: %s',
  (text) => {
    expect(problems({ ...keys, OTEL_EXPORTER_OTLP_HEADERS: text })).toEqual([])
  },
)

test.for(['api-key', 'api-key=', '=value', 'a=b,', 'a=%zz', 'a b=c'])(
  'no headers for a collector of traces: %s',
  (text) => {
    expect(problems({ ...keys, OTEL_EXPORTER_OTLP_HEADERS: text })).toEqual([
      expect.stringContaining('OTEL_EXPORTER_OTLP_HEADERS: is name=value'),
    ])
  },
)

describe('what is read', () => {
  test('without settings the server runs on a laptop; an empty variable counts as unset', () => {
    const config = read({ ...keys, PORT: '', DATABASE_URL: '', CALLBACK_PATH_SECRET: '' })
    expect(config).toMatchObject({
      production: false,
      http: {
        port: 4000,
        host: '127.0.0.1',
        publicUrl: undefined,
        proxySetting: undefined,
        trustProxy: false,
        appOrigins: [],
      },
      database: { url: undefined },
      app: { id: '@acme/fleet', scopes: app.scopes },
      callback: { pathSecrets: [], maxAgeMs: 300_000, jwksCooldownMs: 30_000, reinstallPolicy: 'approve' },
      trackunit: { tokenUrl: 'https://auth.trackunit.com/apptoken', apiUrl: 'https://iris.trackunit.com' },
      userTokens: undefined,
      tokenCacheForMs: 300_000,
    })
    expect(Object.isFrozen(config)).toBe(true)
  })

  test('production listens on all interfaces, and its own hosts are those of the callback and of PUBLIC_URL', () => {
    const { http, callback } = read({ ...production, PUBLIC_URL: 'https://standin.acme.example:8443/' })
    expect(http).toMatchObject({ host: '0.0.0.0', publicUrl: 'https://standin.acme.example:8443' })
    expect(callback.ownHosts).toEqual(['standin.acme.example', 'standin.acme.example:8443'])
  })

  test('the path secret can be one, two, or none, and does not print', () => {
    const { callback } = read({ ...keys, CALLBACK_PATH_SECRET: 'kept-between-us-0001, kept-between-us-0002' })
    expect(callback.pathSecrets.map((secret) => secret.reveal())).toEqual([
      'kept-between-us-0001',
      'kept-between-us-0002',
    ])
    expect(inspect(callback, { depth: 9 })).not.toContain('kept-between-us')
    expect(read({ ...production, CALLBACK_PATH_SECRET: 'none' }).callback.pathSecrets).toEqual([])
  })

  test('scopes from the environment replace those of the file; ? marks an optional one', () => {
    expect(read({ ...keys, IRIS_APP_SCOPES: 'a.view  b.manage?' }).app.scopes).toEqual([
      { scope: 'a.view', optional: false },
      { scope: 'b.manage', optional: true },
    ])
  })

  test('the first key of a ring is used for writing, the others for reading', () => {
    const { encryption } = read({ ...keys, STANDIN_ENCRYPTION_KEYS: `${encryptionKey}, ${linkKey}` }).keys
    expect(encryption.map(({ kid, bytes }) => [kid, bytes.length])).toEqual([
      ['main', 32],
      ['links', 32],
    ])
  })

  test.each<[string | undefined, unknown]>([
    [undefined, false],
    ['none', false],
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['loopback, 10.1.2.3,2001:db8::/32', 'loopback, 10.1.2.3,2001:db8::/32'],
  ])('TRUST_PROXY=%s', (text, trusted) => {
    expect(read({ ...keys, TRUST_PROXY: text }).http.trustProxy).toEqual(trusted)
  })

  test('TRUST_PROXY as a number trusts that many hops', () => {
    const trusts = read({ ...keys, TRUST_PROXY: '2' }).http.trustProxy as (address: string, hop: number) => boolean
    expect([0, 1, 2].map((hop) => trusts('any', hop))).toEqual([true, true, false])
  })

  test('null is an allowed origin only if it is listed', () => {
    expect(read({ ...keys, APP_ORIGINS: 'https://app.example, null' }).http.appOrigins).toEqual([
      'https://app.example',
      'null',
    ])
  })
})

describe('a secret from a file', () => {
  test('is read without the newline at its end', () => {
    const file = join(temporaryFolder(), 'secret')
    writeFileSync(file, 'postgres://user:pass@db/standin\n')
    expect(read({ ...keys, DATABASE_URL_FILE: file }).database.url).toBe('postgres://user:pass@db/standin')
  })

  test('counts as what production requires', () => {
    const file = join(temporaryFolder(), 'secret')
    writeFileSync(file, encryptionKey)
    expect(problems({ ...production, STANDIN_ENCRYPTION_KEYS: undefined, STANDIN_ENCRYPTION_KEYS_FILE: file })).toEqual(
      [],
    )
  })

  test('that cannot be read, or is set twice, stops the start', () => {
    expect(problems({ ...keys, DATABASE_URL_FILE: '/nowhere/at/all' })).toEqual([
      'DATABASE_URL_FILE names a file that cannot be read.',
    ])
    const file = join(temporaryFolder(), 'secret')
    writeFileSync(file, linkKey)
    expect(problems({ ...keys, STANDIN_LINK_KEYS_FILE: file })).toEqual([
      'STANDIN_LINK_KEYS and STANDIN_LINK_KEYS_FILE are both set. Set one.',
    ])
  })

  test('works only for secrets: any other STANDIN_ name with _FILE is unknown', () => {
    expect(problems({ ...keys, STANDIN_DATA_DIR_FILE: '/x' })).toEqual([
      expect.stringMatching(/^STANDIN_DATA_DIR_FILE is not/),
    ])
  })
})

describe('keys for development', () => {
  test('are generated once, readable only by their owner, reported once, and reused', () => {
    const folder = join(temporaryFolder(), 'data')
    const said: string[] = []
    const first = readConfig(app, { STANDIN_DATA_DIR: folder }, (line) => said.push(line))
    const second = readConfig(app, { STANDIN_DATA_DIR: folder }, (line) => said.push(line))

    expect(second.keys).toEqual(first.keys)
    expect(said).toEqual([expect.stringContaining('made keys for development')])
    for (const name of ['keys.json', 'audit-keys.json']) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(readdirSync(folder).sort()).toEqual(['audit-keys.json', 'keys.json'])
    const [encryption] = first.keys.encryption
    expect(said.join()).not.toContain(Buffer.from(encryption.bytes).toString('base64url'))
    expect(Buffer.from(encryption.bytes)).not.toEqual(Buffer.from(first.keys.links[0].bytes))
  })

  test('two starts at once read the same keys', async () => {
    const folder = join(temporaryFolder(), 'data')
    const script = join(temporaryFolder(), 'start.ts')
    writeFileSync(
      script,
      `import { readConfig } from ${JSON.stringify(import.meta.resolve('./config.ts'))}
       process.on('message', () => {
         const { keys } = readConfig(${JSON.stringify(app)}, { STANDIN_DATA_DIR: ${JSON.stringify(folder)} })
         process.send(Buffer.from(keys.encryption[0].bytes).toString('hex'), () => process.disconnect())
       })
       process.send('ready')`,
    )
    const starts = [1, 2, 3].map(() => fork(script))
    await Promise.all(starts.map((start) => once(start, 'message')))
    const answers = starts.map((start) => once(start, 'message'))
    for (const start of starts) start.send('go')

    const [keys = [], ...others] = await Promise.all(answers)

    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/)
    for (const other of others) expect(other[0]).toBe(keys[0])
  })

  test('are never generated in production', () => {
    const folder = temporaryFolder()
    expect(problems({ ...production, STANDIN_LINK_KEYS: undefined, STANDIN_DATA_DIR: folder })).toEqual([
      'STANDIN_LINK_KEYS is required in production.',
    ])
    expect(readdirSync(folder)).toEqual([])
  })

  test('a file without keys is not overwritten', () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'keys.json'), '{}')
    expect(problems({ STANDIN_DATA_DIR: folder })).toEqual([expect.stringContaining('does not hold keys')])
    expect(readFileSync(join(folder, 'keys.json'), 'utf8')).toBe('{}')
  })

  test('a folder that cannot be created is reported', () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    expect(problems({ STANDIN_DATA_DIR: join(file, 'data') })).toEqual([expect.stringContaining('cannot be written')])
  })
})
