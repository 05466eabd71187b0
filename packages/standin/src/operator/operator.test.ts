import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Command } from 'commander'
import { describe, expect, onTestFinished, test } from 'vitest'
import { commands, runOperatorCommand } from './operator.ts'

const account = '11111111-1111-4111-8111-111111111111'
const app = {
  id: '@acme/fleet-night',
  name: 'Fleet night',
  description: 'Works at night.',
  scopes: [{ scope: 'a', optional: false }],
  callbackUrl: 'https://standin.example.com/trackunit/callback',
}

const type = (...argv: string[]) =>
  typeIn({ DATABASE_URL: 'postgres://nowhere', STANDIN_NOTHING: 'so that nothing is opened' }, ...argv)

async function typeIn(environment: Record<string, string>, ...argv: string[]) {
  let [out, said] = ['', '']
  const exitCode = await runOperatorCommand({
    app,
    argv,
    environment,
    writeOut: (text) => {
      out += text
    },
    writeErr: (text) => {
      said += text
    },
  })
  return { out, said, exitCode }
}

describe('a usage error exits with 2, prints nothing and shows the usage', () => {
  const create = ['keys', 'create', '--service', 'reports', '--account', account, '--scopes', 'a']
  test.for<{ title: string; argv: string[] }>([
    { title: 'no command', argv: [] },
    { title: 'half a command', argv: ['keys'] },
    { title: 'an unknown command', argv: ['nothing'] },
    { title: 'an unknown option', argv: ['callbacks', 'list', '--nothing'] },
    { title: 'a missing option', argv: create.slice(0, -2) },
    { title: 'no scope', argv: [...create.slice(0, -1), ' '] },
    { title: 'a service with a space', argv: [...create, '--service', 'my reports'] },
    { title: 'a key for zero days', argv: [...create, '--expires-in-days', '0'] },
    { title: 'a key without end', argv: [...create, '--expires-in-days', '9999'] },
    { title: 'an invalid account', argv: ['installations', 'show', 'nothing'] },
    { title: 'an invalid generation', argv: ['installations', 'approve', account, 'first'] },
    { title: 'a generation below 1', argv: ['installations', 'approve', account, '0'] },
    { title: 'an unknown state', argv: ['installations', 'list', '--state', 'asleep'] },
    { title: 'a key revoked without --yes', argv: ['keys', 'revoke', '0123456789ab'] },
    {
      title: 'a grant removed without --yes',
      argv: ['grants', 'remove', '--service', 'reports', '--account', account],
    },
    { title: 'a run cancelled without --yes', argv: ['runs', 'cancel', account] },
    { title: 'an invalid run', argv: ['runs', 'list', '--after', 'first'] },
    { title: 'nothing to resume', argv: ['database', 'resume'] },
    { title: 'no session to end', argv: ['console', 'end'] },
    { title: 'a run instead of a delivery', argv: ['deliveries', 'retry', account] },
    { title: 'an invalid limit', argv: ['callbacks', 'list', '--limit', 'many'] },
    { title: 'a limit that is too large', argv: ['callbacks', 'list', '--limit', '1001'] },
  ])('$title', async ({ argv }) => {
    const { out, said, exitCode } = await type(...argv)

    expect({ out, exitCode }).toEqual({ out: '', exitCode: 2 })
    expect(said).toContain('Usage: standin')
  })

  test('control: without a usage error it reads the configuration', async () => {
    expect(await type(...create)).toMatchObject({ exitCode: 1, said: expect.stringContaining('STANDIN_NOTHING') })
  })
})

test('help is a result, not a failure', async () => {
  const { out, said, exitCode } = await type('keys', 'create', '--help')

  expect({ said, exitCode }).toEqual({ said: '', exitCode: 0 })
  expect(out).toContain('Usage: standin keys create')
})

const withList = ['callbacks', 'installations', 'runs', 'deliveries', 'keys', 'grants', 'encryption-keys']
test.each([...withList, 'audit', 'account', 'database', 'identity', 'doctor'])(
  'the help of %s and of its commands has examples that are commands',
  async (group) => {
    const [ofGroup, ofList] = await Promise.all([type(group, '--help'), type(group, 'list', '--help')])
    const examples = ofGroup.out.split('Examples:\n')[1]?.trimEnd().split('\n') ?? []
    expect(examples.length).toBeGreaterThan(1)
    if (withList.includes(group)) expect(ofList.out).toContain(examples.join('\n'))
    for (const example of examples) {
      const [name, ...argv] = example.trim().replaceAll('"', '').split(' ')
      const { out, said } = await type(...argv)
      expect({ name, printed: out + said }).toEqual({
        name: 'standin',
        printed: expect.stringContaining('STANDIN_NOTHING'),
      })
    }
  },
)

/** Runs the program as its own process. @returns what it printed, and the files that it loaded */
async function load(...argv: string[]) {
  const listing = `
    import { getCompileCacheDir, registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context) } })
    process.on('exit', () => process.stderr.write([...loaded, 'cache ' + getCompileCacheDir()].join('\\n')))`
  const hook = `data:text/javascript,${encodeURIComponent(listing)}`
  const command = ['packages/standin/bin/standin.ts', ...argv]
  const child = spawn(process.execPath, ['--conditions=@standin/source', '--import', hook, ...command], {
    cwd: join(import.meta.dirname, '../../../..'),
    env: { PATH: process.env.PATH ?? '' }, // The tests have a cache of their own.
  })
  const [out, said] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { out, loaded: said.split('\n') }
}

test('a command loads what it needs, and neither the server nor the mail of doctor', async () => {
  const { out, loaded } = await load('keys', 'list', '--help')
  expect(out).toContain('Usage: standin keys list')
  expect(loaded).toContainEqual(expect.stringContaining('operator/keys-command.ts'))
  expect(loaded.join('\n')).not.toMatch(
    /create-standin\.ts|doctor-command|dev-command|node_modules\/(fastify|nodemailer|graphql)\//,
  )
  // Node parses the exports of a package again for each of its files.
  const packages = new Set(loaded.flatMap((url) => /^file:.*\/node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(url) ?? []))
  expect(packages.size).toBeGreaterThan(5)
  const exported = [...packages].map((folder) => {
    const { name, exports = {} } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'))
    return { name, tooLarge: JSON.stringify(exports).length > 5_000 }
  })
  expect(exported.filter(({ tooLarge }) => tooLarge)).toEqual([])
  expect(loaded).toContainEqual(expect.stringMatching(/^cache .*node_modules.\.cache.standin-compiled/))
})

test('the help of all commands loads none of them', async () => {
  const { out, loaded } = await load('--help')
  expect(out).toContain('Usage: standin')
  const files = loaded.filter((url) => url.startsWith('file:') && !url.includes('/node_modules/commander'))
  expect(files.map((url) => url.slice(url.lastIndexOf('/') + 1))).toEqual([
    'standin.ts',
    'operator.ts',
    'standin.config.ts',
  ])
})

test('the help of all commands names each group with all its commands', async () => {
  const { out } = await type('--help')
  const listed = out.replaceAll(/\n {10,}/g, ' ')
  for (const [name, { description, load }] of Object.entries(commands)) {
    expect(listed).toContain(description)
    const program = new Command()
    const terminal = { app, root: '', environment: {}, isColoured: false, print: () => {}, say: () => {} }
    ;(await load())(program, terminal)
    const group = program.commands.find((command) => command.name() === name)
    const inner = group?.commands.map((command) => command.name()) ?? []
    const named = /[:;] ([a-z-]+(?:, [a-z-]+)*)$/.exec(description)?.[1]?.split(', ') ?? []
    expect({ name, named: named.toSorted() }).toEqual({ name, named: inner.toSorted() })
  }
})

test('a reader that closes the pipe early gets no error', async () => {
  const { PATH = '', NODE_OPTIONS = '' } = process.env
  const program = join(import.meta.dirname, '../../bin/standin.ts')
  const child = spawn(process.execPath, [program, '--help'], {
    cwd: import.meta.dirname, // `standin.config.ts` stands above it.
    env: { PATH, NODE_OPTIONS },
  })
  child.stdout.destroy()
  const ended = once(child, 'close')
  expect(await text(child.stderr)).toBe('')
  expect((await ended)[0]).toBe(0)
})

test('an older Node says which one is needed, before it meets code that it cannot parse', async () => {
  const { PATH = '', NODE_OPTIONS = '' } = process.env
  const isOld = `Object.defineProperty(process.versions, 'node', { value: '24.11.1' })`
  const program = join(import.meta.dirname, '../../bin/standin.ts')
  const child = spawn(
    process.execPath,
    [`--import=data:text/javascript,${encodeURIComponent(isOld)}`, program, 'dev'],
    {
      cwd: import.meta.dirname,
      env: { PATH, NODE_OPTIONS },
    },
  )
  const ended = once(child, 'close')
  expect(await text(child.stderr)).toMatch(/^Standin needs Node 26 or newer, and this is 24\.11\.1\. Install it/)
  expect((await ended)[0]).toBe(1)
})

test.each([
  ['keys', 'list'],
  ['installations', 'list'],
  ['database', 'move', '--to', 'postgres://nowhere'],
  ['doctor'],
])('%s %s without a database to use makes none, and says what to set', async (...argv) => {
  const folder = await mkdtemp(join(tmpdir(), 'standin-operator-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const { out, said, exitCode } = await typeIn({ STANDIN_DATA_DIR: folder }, ...argv)

  expect(exitCode).toBe(1)
  expect(out + said).toContain('DATABASE_URL is not set. Set DATABASE_URL')
  expect(await readdir(folder)).toEqual([])
})
