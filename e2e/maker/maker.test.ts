import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, FrameLocator } from 'playwright-core'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root, until } from '../../scripts/part.ts'
import { launchBrowser, missingBrowser } from '../browser.ts'
import { databaseOf } from '../stack.ts'
import { createProject, nextVersion, type Started, startProject, useTarballs } from './makers-project.ts'
import { packedFolders, packOnce, run } from './packed-packages.ts'

const folder = mkdtempSync(join(tmpdir(), 'standin-maker-'))
let tarballs: ReadonlyMap<string, string>
let project: string

beforeAll(async () => {
  tarballs = await packOnce()
  project = createProject(folder, tarballs, ['--name', 'Roster', '--id', '@acme/roster'])
  const config = join(project, 'standin.config.ts')
  const changed = readFileSync(config, 'utf8')
    .replace("'@acme/roster'", "'@nordvang/yard-list'")
    .replace("'Roster'", "'Yard list'")
    .replace('scopes: [', "scopes: [{ scope: 'account.view', optional: true }, ")
  writeFileSync(config, changed)
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const names = packedFolders.map((each): string => (each.includes('standin') ? each : `@standin/${each}`))

describe.each(names)('the packed %s', (name) => {
  const tarball = () => tarballs.get(name) ?? ''
  const unpacked = (path: string) => run('tar', ['xzfO', tarball(), `package/${path}`], folder)

  test('holds what it needs and nothing else', () => {
    const files = run('tar', ['tzf', tarball()], folder).trim().split('\n')
    const ofTemplate = /^package\/template\//
    expect(
      files.filter((file) => /\.test\.|\/test\/|node_modules|\.env|tsconfig/.test(file) && !ofTemplate.test(file)),
    ).toEqual([])
    expect(files.filter((file) => /\.tsx?$/.test(file) && !/\.d\.ts$/.test(file) && !ofTemplate.test(file))).toEqual([])
    expect(files).toContain('package/LICENSE')

    const content = JSON.parse(unpacked('package.json'))
    expect(content).toMatchObject({
      license: 'MIT',
      engines: { node: expect.stringMatching(/^>=\d+/) },
      repository: {
        type: 'git',
        url: expect.stringMatching(/^git\+https:/),
        directory: expect.stringMatching(/^packages\//),
      },
    })
    const { exports, bin, dependencies } = content
    expect(JSON.stringify([exports, bin, dependencies])).not.toMatch(
      /@standin\/source|workspace:|catalog:|\.tsx?"(?<!\.d\.ts")/,
    )
    const targets = [...JSON.stringify([exports, bin]).matchAll(/"\.\/([^"]+\.[a-z.]+)"/g)]
    expect(targets.length).toBeGreaterThan(0)
    for (const [, target] of targets.filter(([, path]) => path !== 'styles.css'))
      expect(files).toContain(`package/${target}`)
  })

  test('passes publint and attw', () => {
    run('publint', ['--strict', tarball()], join(root, 'e2e'))
    if (name === 'create-standin') return // A program, without anything to import.
    const styles = name === '@standin/iris-ui' ? ['--exclude-entrypoints', 'styles.css'] : []
    run('attw', [tarball(), '--profile', 'esm-only', '--no-emoji', ...styles], join(root, 'e2e'))
  })
})

describe('an app made with npm alone', () => {
  test.each(['typescript-5', 'typescript-6', 'typescript'])('compiles strictly with %s', (compiler) => {
    const file = `tsconfig-${compiler}.json`
    const compilerOptions = { skipLibCheck: false }
    writeFileSync(join(project, file), JSON.stringify({ extends: './tsconfig.json', compilerOptions }))
    run(process.execPath, [join(root, 'e2e/node_modules', compiler, 'bin/tsc'), '-p', file], project)
  })

  test('has a test of its action that passes, a manifest and a build', () => {
    expect(run('npm', ['test'], project)).toMatch(/pass 2\n/)
    const manifest = run(process.execPath, ['app/manifest.ts'], project, { CALLBACK_PATH_SECRET: 'none' })
    expect(JSON.parse(manifest)).toMatchObject({
      moduleFederationName: '@nordvang/yard-list',
      dependencies: { '@standin/iris-ui': expect.any(String), react: expect.any(String) },
    })
    expect(run('npm', ['run', 'build'], project)).toMatch(/First JavaScript: 1[0-3]\d\.\d kB/)
  })

  describe.skipIf(missingBrowser && !process.env.CI)('in a browser', () => {
    let browser: Browser
    let started: Started
    beforeAll(async () => {
      browser = await launchBrowser()
      started = await startProject(project)
    }, 120_000)
    afterAll(async () => {
      await started?.[Symbol.asyncDispose]()
      await browser?.close()
    })

    const open = async (): Promise<FrameLocator> => {
      const page = await browser.newPage()
      await page.goto(started.manager)
      return page.frameLocator('#app')
    }

    test('runs an action of the maker’s own, and keeps its result over an upgrade', async () => {
      cpSync(join(root, 'scripts/checks/recipe/count-machines.ts'), join(project, 'actions/count-machines.ts'))
      const restarted = 'count-machines.ts changed: the server runs again'
      await until(restarted, async () => started.said.join('').includes(restarted), { timeoutMs: 60_000 })

      const app = await open()
      await app.getByText('Yard list is working.').waitFor({ timeout: 60_000 })
      await app.getByRole('link', { name: 'Start an action' }).click()
      await app.getByRole('link', { name: 'Set up Count machines' }).click()
      await app.getByRole('button', { name: 'Start count machines' }).click()
      await app.getByText('250 machines.').first().waitFor({ timeout: 60_000 })

      await started[Symbol.asyncDispose]()
      useTarballs(project, nextVersion(tarballs, join(folder, 'next')))
      started = await startProject(project)
      await using sql = connectTo(join(project, '.standin'))
      expect(await sql.client`select to_regclass('next_version') is not null as has`).toEqual([{ has: true }])
      const after = await open()
      await after
        .getByText(/250 machines/)
        .first()
        .waitFor({ timeout: 60_000 })
    }, 240_000)
  })
})

function connectTo(dataDir: string) {
  const client = postgres(databaseOf(dataDir), { max: 1, onnotice: () => {} })
  return { client, [Symbol.asyncDispose]: () => client.end({ timeout: 1 }) }
}
