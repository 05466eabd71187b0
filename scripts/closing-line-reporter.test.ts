import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const reporter = join(import.meta.dirname, 'closing-line-reporter.ts')

const passing = "import { test } from 'vitest'\ntest('one', () => {})\ntest('two', () => {})\n"
const failing = "import { test } from 'vitest'\ntest('fails', () => { throw new Error('no') })\n"
const skipped = "import { test } from 'vitest'\ntest.skip('later', () => {})\ntest.todo('one day')\n"
const broken = "import './not-there.ts'\n"
const brokenSuite =
  "import { beforeAll, describe, test } from 'vitest'\ndescribe('suite', () => { beforeAll(() => { throw new Error('no') }); test('never runs', () => {}) })\n"
const unhandled =
  "import { test } from 'vitest'\ntest('lets go of a promise', () => { void Promise.reject(new Error('no')) })\n"

test.each([
  { what: 'passing tests', files: { passing }, line: '2 passed, 0 failed, 0 skipped', code: 0 },
  { what: 'a failing test', files: { passing, failing }, line: '2 passed, 1 failed, 0 skipped', code: 1 },
  { what: 'skipped tests and plans', files: { passing, skipped }, line: '2 passed, 0 failed, 2 skipped', code: 0 },
  { what: 'a file that breaks', files: { passing, broken }, line: '2 passed, 1 failed, 0 skipped', code: 1 },
  { what: 'a suite that breaks', files: { passing, brokenSuite }, line: '2 passed, 1 failed, 1 skipped', code: 1 },
  { what: 'an error that no test owns', files: { unhandled }, line: '1 passed, 1 failed, 0 skipped', code: 1 },
  { what: 'no test at all', files: {}, line: '0 passed, 1 failed, 0 skipped', code: 1 },
])('counts $what', async ({ files, line, code }) => {
  using project = projectOf(files)

  const run = await runVitest(project.folder)

  expect(run).toEqual({ lastLine: line, code })
})

test.each([
  {
    what: 'a teardown that breaks, and speaks after it',
    setup: "export default () => () => { console.log('said late'); throw new Error('no') }\n",
    line: '2 passed, 1 failed, 0 skipped',
  },
  {
    what: 'a setup that breaks',
    setup: "export default () => { throw new Error('no') }\n",
    line: '0 passed, 1 failed, 0 skipped',
  },
  {
    what: 'a setup that ends the process',
    setup: 'export default () => process.exit(3)\n',
    line: '0 passed, 1 failed, 0 skipped',
  },
])('counts $what', async ({ setup, line }) => {
  using project = projectOf({ passing })
  writeFileSync(join(project.folder, 'setup.mjs'), setup)
  writeFileSync(join(project.folder, 'vitest.config.mjs'), "export default { test: { globalSetup: './setup.mjs' } }\n")

  const { lastLine, code } = await runVitest(project.folder)

  expect(lastLine).toBe(line)
  expect(code).not.toBe(0)
})

/** A project with vitest in reach: it lies below the checkout's node_modules. */
function projectOf(files: Record<string, string>): { folder: string } & Disposable {
  const cache = join(root, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'closing-line-'))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(join(root, 'node_modules/vitest'), join(folder, 'node_modules/vitest'))
  for (const [name, source] of Object.entries(files)) writeFileSync(join(folder, `${name}.test.js`), source)
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) }
}

function runVitest(folder: string): Promise<{ lastLine: string | undefined; code: number }> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', `--root=${folder}`, `--reporter=${reporter}`, '--reporter=default']
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder }, (error, stdout) => {
      resolve({ lastLine: stdout.trimEnd().split('\n').at(-1), code: error ? Number(error.code) : 0 })
    })
  })
}
