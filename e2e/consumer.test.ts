import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { connectDatabase } from '../packages/standin/src/database/database.ts'
import { startKillablePostgres } from '../packages/standin/test/killable-postgres.ts'
import { answers, freePort, root, until } from '../scripts/part.ts'
import { type Aside, aside } from './maker/aside.ts'
import { packOnce, run } from './maker/packed-packages.ts'
import { accountId, install, type Stack, startStack } from './stack.ts'

/** A consumer's project, outside the workspace, with only the packed client. */
const project = mkdtempSync(join(tmpdir(), 'standin-consumer-'))
const examples = [
  ...readFileSync(join(root, 'packages/client/README.md'), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g),
].map(([, code], index) => ({ name: `example-${index + 1}`, code: code ?? '' }))
let tarball = ''

let tarballs: ReadonlyMap<string, string>

/** By compiler and resolution: the first one makes the JavaScript of the examples. */
const compilers = ['typescript nodenext', 'typescript-5 nodenext', 'typescript-6 nodenext', 'typescript bundler']
let compilations: Aside

beforeAll(async () => {
  tarballs = await packOnce()
  tarball = tarballs.get('@standin/client') ?? ''
  write('package.json', {
    name: 'consumer',
    type: 'module',
    private: true,
    dependencies: { '@standin/client': `file:${tarball}`, '@types/node': versionOf('node_modules/@types/node') },
  })
  await run(
    'pnpm',
    ['install', '--ignore-workspace', '--ignore-scripts', '--prefer-offline', '--no-frozen-lockfile'],
    project,
  )
  cpSync(join(root, 'e2e/consumer/surface.ts'), join(project, 'surface.ts'))
  for (const { name, code } of examples) writeFileSync(join(project, `${name}.ts`), code)
  compilations = aside(compilers, compile)
}, 600_000) // Another test file may be packing everything first.

afterAll(async () => {
  await Promise.allSettled(compilations?.values() ?? [])
  rmSync(project, { recursive: true, force: true })
})

async function compile(by: string): Promise<void> {
  const [compiler = '', resolution = ''] = by.split(' ')
  const config = `tsconfig-${compiler}-${resolution}.json`
  write(config, {
    compilerOptions: {
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      skipDefaultLibCheck: true, // The compiler's own.
      target: 'es2022',
      lib: ['es2023', 'dom', 'dom.asynciterable'],
      types: ['node'],
      module: resolution === 'nodenext' ? 'nodenext' : 'esnext',
      moduleResolution: resolution,
      outDir: 'compiled',
      noEmit: by !== compilers[0],
    },
    include: ['*.ts'],
  })
  await run(process.execPath, [join(root, 'e2e/node_modules', compiler, 'bin/tsc'), '-p', config], project)
}

test('npm run build makes the app’s bundle and a client that carries its contracts', () => {
  const client = readFileSync(join(root, 'packages/client/dist/index.js'), 'utf8')
  expect(client).not.toMatch(/from ["']@standin/)
  expect(client).toContain('createStandinClient')
  expect(readFileSync(join(root, 'apps/iris-app/dist/index.html'), 'utf8')).toMatch(/<script type="module"[^>]* src="/)
})

describe('the packed client', () => {
  test('is at most 17 kB with its dependencies, and a program that imports the client does not get the fake', async () => {
    const { build } = await import('vite')
    const entry = join(project, 'entry.js')
    writeFileSync(entry, "export { createStandinClient } from '@standin/client'")
    const built = await build({
      root: project,
      configFile: false,
      logLevel: 'silent',
      build: { write: false, minify: true, lib: { entry, formats: ['es'] } },
    })
    const [{ output }] = built as unknown as [{ output: [{ code: string }] }]
    expect(output[0].code).not.toMatch(/fake-token/)
    expect(brotliCompressSync(output[0].code).length).toBeLessThan(17_000)
  })
})

describe('the examples of the client’s README', () => {
  let stack: Stack
  let environment: Record<string, string>

  beforeAll(async () => {
    stack = await startStack({ fleetSize: 3 })
    await install(stack, accountId)
    await compilations.get('typescript nodenext')
    const grant = ['--account', 'all', '--scopes', 'asset.view']
    const key = await stack.operator('keys', 'create', '--service', 'consumer', ...grant)
    environment = { STANDIN_URL: stack.server, STANDIN_SERVICE_KEY: key, TRACKUNIT_API_URL: stack.simulator }
  })
  afterAll(() => stack[Symbol.asyncDispose]())

  const said = [
    /^A token of \d{3,} characters, good until 2\d{3}-/,
    /^Trackunit answered 200$/,
    /The run succeeded: .*3 machines[\s\S]*\b3 rows\n[\s\S]*\.csv: [1-9]\d* bytes/,
    new RegExp(`${accountId} is active[\\s\\S]*${accountId}: active$`),
    /^Not our customer \(any more\)\.$/,
    /^The fake behaved\.$/,
  ]

  test.each(
    nodes().flatMap((node) => examples.map(({ name }, index) => ({ ...node, name, says: said[index] ?? /never/ }))),
  )('run on Node $major: $name', async ({ path, name, says }) => {
    // Not synchronously: this process also plays Trackunit.
    const { NODE_OPTIONS: _sources, ...inherited } = process.env
    const child = spawn(path, [join(project, 'compiled', `${name}.js`)], { env: { ...inherited, ...environment } })
    const said: string[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => said.push(String(piece)))
    await once(child, 'close')
    expect(said.join('').trim()).toMatch(says)
  })
})

test('the packed server has the corrected driver inside: sessions that end leave no request waiting', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'standin-packed-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const contracts = `file:${tarballs.get('@standin/contracts')}`
  const dependencies = {
    standin: `file:${tarballs.get('standin')}`,
    '@standin/contracts': contracts,
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', private: true, dependencies }))
  // As npm does: all in one folder, and one copy of a package serves all that need it.
  const asNpm = JSON.stringify({ nodeLinker: 'hoisted', overrides: { '@standin/contracts': contracts } })
  writeFileSync(join(folder, 'pnpm-workspace.yaml'), asNpm)
  await run('pnpm', ['install', '--ignore-scripts', '--prefer-offline', '--no-optional'], folder)
  for (const { path, major } of nodes().filter((each) => each.major < 26)) {
    const started = run(path, ['node_modules/standin/dist/bin/standin.js', 'dev'], folder)
    await expect(started, `on Node ${major}`).rejects.toThrow('Standin needs Node 26 or newer')
  }
  rmSync(join(folder, 'node_modules/postgres'), { recursive: true, force: true }) // The released one, which nothing may need.
  writeFileSync(
    join(folder, 'server.js'),
    `import { createStandin, runServer } from 'standin'
    const scopes = [{ scope: 'asset.view', optional: false }]
    const app = { id: '@acme/roster', name: 'Roster', description: 'A roster.', scopes, callbackUrl: 'https://acme.example/trackunit/callback' }
    await runServer(createStandin({ app, actions: [] }), process.env)`,
  )
  await using database = await startKillablePostgres()
  const port = String(await freePort())
  const { NODE_OPTIONS: _sources, ...inherited } = process.env
  const settings = { DATABASE_URL: database.url, STANDIN_DATA_DIR: folder, PORT: port, METRICS_PORT: '0' }
  const server = spawn(process.execPath, ['server.js'], { cwd: folder, env: { ...inherited, ...settings } })
  onTestFinished(() => void server.kill('SIGKILL'))
  const said: string[] = []
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (piece: Buffer) => said.push(String(piece)))
  const ready = `http://127.0.0.1:${port}/health/ready`
  await until(`the packed server (${said})`, () => answers(ready))

  const { sql, close } = connectDatabase(database.url, { pool: 1 })
  for (let round = 0; round < 10; round++) {
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`
    expect((await fetch(ready, { signal: AbortSignal.timeout(10_000) })).status).toBeOneOf([200, 503])
  }
  await close()
  await until('the server is ready again', async () => (await fetch(ready)).status === 200)
  expect(server.exitCode).toBeNull()
})

// Last, since everything else went on meanwhile.
test.each(compilers)('the packed client and the examples of its README compile with %s', (by) => compilations.get(by))

function versionOf(folder: string): string {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).version
}

function write(name: string, content: object): void {
  writeFileSync(join(project, name), JSON.stringify(content))
}

/** One Node for each major version on this machine's path, the one that runs this included. */
function nodes(): Array<{ major: number; path: string }> {
  const candidates = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'node'))
  const found = new Map<number, string>()
  for (const path of [process.execPath, ...candidates]) {
    if (!existsSync(path)) continue
    const major = Number(
      spawnSync(path, ['--print', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' }).stdout,
    )
    if (major >= 20 && !found.has(major)) found.set(major, path)
  }
  return [...found].map(([major, path]) => ({ major, path }))
}
